// How this room says no: a value that names the token, its place and the nearest understood form.
import type { NotUnderstood } from "../domain/command.ts";

export interface Refused {
  readonly ok: false;
  readonly refusal: NotUnderstood;
}

export type Result<Value> = { readonly ok: true; readonly value: Value } | Refused;

export const accept = <Value>(value: Value): Result<Value> => ({ ok: true, value });

/** A token of one stage: its text and its place. */
export interface Token {
  readonly text: string;
  readonly stage: number;
  readonly index: number;
}

/** Longest piece of a caller's text that a message repeats, characters. */
const quotedLength = 120;
/** What a terminal would act on or not show: written as an escape in messages. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Refuses, naming the token when there is one. */
export function refuse(message: string, token?: Token, hint?: string): Refused {
  const place =
    token === undefined ? {} : { token: shorten(token.text), position: { stage: token.stage, index: token.index } };
  return { ok: false, refusal: { message: visible(message), ...place, ...(hint === undefined ? {} : { try: hint }) } };
}

/** Cut and made visible for a message; never used for anything that runs. */
export const shorten = (text: string): string =>
  visible(text.length > quotedLength ? `${text.slice(0, quotedLength)}…` : text);

/** What a terminal would act on, as escapes. */
export const visible = (text: string): string =>
  text.toWellFormed().replace(unseen, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
