// Bytes of a process → text that is safe to read: UTF-8, no control characters, no invisible ones. Pure; used by stage-text.ts.

const [escape, bell] = ["\u001b", "\u0007"];
/** Terminal sequences go as a whole, so that their letters do not stay behind. */
const terminalSequences = new RegExp(
  `${escape}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${bell}${escape}]*(?:${bell}|${escape}\\\\)|[@-Z\\\\^_])`,
  "g",
);
/**
 * Control characters but newline and tab; then what is not seen: zero-width marks, directions (CVE-2021-42574), byte order
 * marks, and tags, in which a text can carry another one. The joiners (U+200C, U+200D) stay: scripts and emoji need them.
 */
const unseen = /[[\p{Cc}--[\n\t]]\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gv;

/** Decodes, with U+FFFD for what is no UTF-8, and strips; only `\n` and `\t` remain of the control characters. */
export function toText(bytes: Buffer): string {
  return stripControls(bytes.toString("utf8"));
}

function stripControls(text: string): string {
  const plain = text.includes(escape) ? text.replaceAll(terminalSequences, "") : text;
  return plain.replaceAll(unseen, "");
}
