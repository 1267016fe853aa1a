// The message that a person decides on: the server's own words and the exact argvs first, the agent's words last and marked.
// In plain text and for Telegram's HTML. Pure; used by approvals.ts.
import { createHash } from "node:crypto";
import type { ApprovalAsked } from "../domain/approval.ts";
import type { Plan } from "../domain/command.ts";
import { reasonLine, shownLine, shownWord } from "./plain-words.ts";
import { touchesOf } from "./touches.ts";

/** Telegram takes 4096 characters; the rest is for what n8n puts around it. */
const maxMessageChars = 3800;
/** Of the short form: how much of the argvs, and of everything else, is shown. */
const maxShownLines = 5;
const maxShownChars = 300;

export interface Summary {
  /** All of it, whatever its length: for `ai-sre approve show`. */
  readonly text: string;
  readonly message: string;
  readonly messageHtml: string;
  /** Whether the message is all of it. */
  readonly fits: boolean;
}

/** Where the plan would run, as far as it is known. */
export interface Place {
  readonly context: string;
  readonly expiresAtMs: number;
}

/** The server's label, and what stands behind it. A block has lines of its own. */
interface Part {
  readonly label: string;
  readonly value?: string;
  readonly block?: string;
}

export function summarise(asked: ApprovalAsked, place: Place): Summary {
  const argvs = argvsOf(asked.plan);
  const middle = [
    ...linesOf("Touches: ", touchesOf(asked.plan)),
    ...linesOf("Would change: ", (asked.changes ?? []).map(shownLine)),
  ];
  const contents = contentsOf(asked.plan);
  const end = closing(asked, place);
  const ask = "May this run? Nothing has run yet.";
  const whole: readonly Part[] = [{ label: ask, block: argvs.join("\n") }, ...middle, ...contents, ...end];
  const text = whole.map(plain).join("\n");
  if (text.length <= maxMessageChars)
    return { text, message: text, messageHtml: whole.map(html).join("\n"), fits: true };
  const shown = argvs.slice(0, maxShownLines).map(cut);
  const more = argvs.length > shown.length ? [`… and ${argvs.length - shown.length} more`] : [];
  const short: readonly Part[] = [
    { label: ask, block: [...shown, ...more].join("\n") },
    { label: `This is too long for a message (${text.length} characters): it cannot be approved from here.` },
    { label: "Look at all of it with: ", value: "ai-sre approve show" },
    ...middle.slice(0, maxShownLines).map(({ label, value = "" }) => ({ label, value: cut(value) })),
    ...end,
  ];
  return { text, message: short.map(plain).join("\n"), messageHtml: short.map(html).join("\n"), fits: false };
}

/** The exact argvs, one a line; a pipeline's stages follow each other, each after the first behind its `|`. */
const argvsOf = ({ steps }: Plan): readonly string[] =>
  steps.flatMap(({ stages, fileChanges = [] }) => [
    ...fileChanges.map(({ operation, path }) => `${operation} ${shownWord(path)}`),
    ...stages.map(({ argv }, stage) => `${stage === 0 ? "" : "| "}${argv.map(shownWord).join(" ")}`),
  ]);

/** Standard input and new files, word for word: every line stands behind a bar, so that none can look like the server's. */
const contentsOf = ({ steps }: Plan): readonly Part[] =>
  steps.flatMap(({ stdin, fileChanges = [] }): readonly Part[] => [
    ...(stdin === undefined ? [] : [contentOf("Standard input", stdin)]),
    ...fileChanges.flatMap(({ path, content }) =>
      content === undefined ? [] : [contentOf(`New content of ${shownWord(path)}`, content)],
    ),
  ]);

const contentOf = (what: string, content: string): Part => ({
  label: `${what} (${Buffer.byteLength(content)} bytes, sha256 ${createHash("sha256").update(content).digest("hex")}):`,
  block: content
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => `| ${shownLine(line)}`)
    .join("\n"),
});

function closing({ principal, tool, plan, roles }: ApprovalAsked, { context, expiresAtMs }: Place): readonly Part[] {
  const until = new Date(expiresAtMs).toISOString().replace(/\.\d+Z$/, "Z");
  return [
    {
      label: "Asked by: ",
      value: `${principal.id} with ${tool}${context === "" ? "" : `, cluster ${shownWord(context)}`}`,
    },
    { label: "Decides: ", value: `a person with role ${roles.join(" or ")}, until ${until}` },
    { label: "Plan: ", value: plan.digest },
    { label: "Agent says (unverified): ", value: plan.reason === undefined ? "nothing" : reasonLine(plan.reason) },
  ];
}

const linesOf = (label: string, values: readonly string[]): readonly Part[] =>
  values.map((value) => ({ label, value }));

const cut = (line: string): string =>
  line.length <= maxShownChars ? line : `${line.slice(0, maxShownChars).toWellFormed()}… (cut)`;

const plain = ({ label, value = "", block }: Part): string =>
  block === undefined ? `${label}${value}` : `${label}\n${block}`;

/** Values are code, in which Telegram makes no links; nothing else of its HTML is used. */
const html = ({ label, value, block }: Part): string => {
  if (block !== undefined) return `<b>${escapeHtml(label)}</b>\n<pre>${escapeHtml(block)}</pre>`;
  return `${escapeHtml(label)}${value === undefined || value === "" ? "" : `<code>${escapeHtml(value)}</code>`}`;
};

const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
