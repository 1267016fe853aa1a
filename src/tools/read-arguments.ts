// Rung 1 of the ladder: raw arguments → Draft, or one clear sentence that names the field and the fix.
import { closestMatch } from "leven";
import type * as z from "zod";
import type { Draft, Endpoints } from "../domain/command.ts";
import type { Tool } from "./tool.ts";

/** What n8n's agent nodes merge into a tool's arguments (n8n issues 21716, 21500, 22787, 37308): dropped, never read. */
const n8nExtras: ReadonlySet<string> = new Set([
  "toolCallId",
  "sessionId",
  "action",
  "chatInput",
  "tool",
  "headers",
  "params",
  "query",
  "body",
]);

export type ReadArguments =
  | {
      readonly ok: true;
      readonly draft: Draft;
      /** The arguments without n8n's extras and without tokens of the server's own. */
      readonly own: object;
      /** What the caller brought as `approval`. */
      readonly grant?: string;
    }
  | {
      readonly ok: false;
      readonly message: string;
      readonly field?: string;
      readonly try?: string;
      /** The arguments are good; the site lacks what the tool needs. */
      readonly unready?: true;
    };

/** Validates raw arguments against the tool's schema and builds its draft. Never throws for what a caller sent. */
export function readArguments(tool: Tool, raw: unknown, endpoints: Endpoints = {}): ReadArguments {
  if (raw !== undefined && (typeof raw !== "object" || raw === null || Array.isArray(raw))) {
    return { ok: false, message: "The arguments must be a JSON object." };
  }
  const own = withoutExtras(raw ?? {});
  const result = tool.read(own, endpoints);
  if ("unready" in result) return { ok: false, message: result.unready, try: result.try, unready: true };
  if ("error" in result) return explain(tool, result.error);
  for (const name of tool.tokens) delete own[name];
  return { ok: true, own, ...result };
}

/** A null-prototype copy of the own keys, so that `__proto__` is a key like any other and is refused by name. */
function withoutExtras(raw: object): Record<string, unknown> {
  const own: Record<string, unknown> = Object.create(null);
  for (const [key, value] of Object.entries(raw)) {
    if (!n8nExtras.has(key)) own[key] = value;
  }
  return own;
}

/** The first thing that is wrong, and a name that no argument has: one is often the other's misspelling. */
function explain(tool: Tool, error: z.ZodError): ReadArguments {
  const unknown = error.issues.find(({ code }) => code === "unrecognized_keys");
  const issue = error.issues.find((one) => one !== unknown);
  const stranger = unknown?.code === "unrecognized_keys" ? explainUnknown(tool, unknown.keys[0] ?? "") : undefined;
  if (issue === undefined) return stranger ?? { ok: false, message: "The arguments do not fit the schema." };
  const field = issue.path.join(".");
  const message = `\`${field}\`: ${issue.message}.`;
  return stranger === undefined
    ? { ok: false, field, message }
    : { ...stranger, message: `${message} ${stranger.message}` };
}

function explainUnknown(tool: Tool, unknown: string): Extract<ReadArguments, { ok: false }> {
  const key = printable(unknown);
  const near = closestMatch(key, tool.argumentNames, { maxDistance: 3 });
  const taken = tool.argumentNames.map((name) => `\`${name}\``).join(", ") || "none";
  return {
    ok: false,
    field: key,
    message: `${tool.name} has no argument \`${key}\`; it takes ${taken}.`,
    ...(near === undefined ? {} : { try: near }),
  };
}

/** A caller's own word for a message: short, well-formed, nothing that a terminal would act on. */
const printable = (text: string): string =>
  (text.length > maxQuotedChars ? `${text.slice(0, maxQuotedChars)}…` : text)
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\u{fffd}");

const maxQuotedChars = 64;
