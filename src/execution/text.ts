// Bytes of a process → text that is safe to read: UTF-8, no control characters, no invisible ones. Pure; used by stage-text.ts.

const [escape, bell] = ["\u001b", "\u0007"];
/**
 * Terminal sequences go as a whole, so that their letters do not stay behind: CSI in both spellings; OSC, DCS, SOS, PM and APC
 * up to their end, on one line, so that none swallows what comes after it; everything else that begins with an escape.
 */
const terminalSequences = new RegExp(
  [
    `(?:${escape}\\[|\u009b)[0-?]*[ -/]*[@-~]`,
    `(?:${escape}[\\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\\n${bell}${escape}\u0080-\u009f]*(?:${bell}|${escape}\\\\|\u009c)`,
    `${escape}[ -/]*[0-~]`,
  ].join("|"),
  "g",
);
/** One of these begins each of them; most texts have none. */
const sequenceStart = new RegExp(`[${escape}\u0080-\u009f]`);
/** The joiners, and the two selectors of emoji. */
const kept = "\\u200c-\\u200d\\ufe0e-\\ufe0f";
/**
 * Control characters but newline and tab; then what is not seen: zero-width marks, directions (CVE-2021-42574), byte order
 * marks, and tags and selectors, in which a text can carry another one. What scripts and emoji
 * need stays.
 */
const unseen = new RegExp(`[[\\p{Cc}\\p{DI}\\u2028\\u2029\\ufff9-\\ufffb]--[\\n\\t${kept}]]`, "gv");

/** Decodes, with U+FFFD for what is no UTF-8, and strips; only `\n` and `\t` remain of the control characters. */
export function toText(bytes: Buffer): string {
  return stripControls(bytes.toString("utf8"));
}

function stripControls(text: string): string {
  const plain = sequenceStart.test(text) ? text.replaceAll(terminalSequences, "") : text;
  return plain.replaceAll(unseen, "");
}
