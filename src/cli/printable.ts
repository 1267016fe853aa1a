// Texts that others wrote, for a terminal: what it would obey, or not show, stands there as an escape.
import { badCharacter } from "../command/characters.ts";

/** Control, invisible and look-alike characters as `\u{…}`, so that a record cannot move the cursor or hide a word. */
export const printable = (text: string): string =>
  badCharacter(text) === undefined
    ? text
    : Array.from(text, (one) => (badCharacter(one) === undefined ? one : escaped(one))).join("");

const escaped = (one: string): string => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`;
