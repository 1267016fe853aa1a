// Words that a caller chose, made fit for a message that a person trusts: nothing hidden, nothing that breaks or reorders its
// line, and in the agent's own reason nothing to press. Pure; used by the summary.

/** What is not seen, turns the direction of others, joins with what stands beside it, or breaks a line; U+2800 is a blank. */
const hidden = /[\p{C}\p{M}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/gu;

/**
 * What Unicode writes from right to left: the blocks that are kept for such letters and digits. A few of them turn round what
 * stands beside them, an argv's options or a line's bar, and no mark of ours would survive every messenger: they are escaped.
 */
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/gu;

const escaped = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
};

const plainWord = /^[A-Za-z0-9_@%+=:,./{}[\]<>*^$!?#~-]+$/;

/** One word of an argv, exactly: as it is, or in quotes with escapes. One line, and no two words look the same. */
export const shownWord = (word: string): string =>
  plainWord.test(word) ? word : JSON.stringify(word).replace(hidden, escaped).replace(rightToLeft, escaped);

/** One line of a text, exactly: a tab stays, a backslash doubles, what is hidden is escaped. */
export const shownLine = (line: string): string =>
  line
    .replaceAll("\\", "\\\\")
    .replace(hidden, (character) => (character === "\t" ? character : escaped(character)))
    .replace(rightToLeft, escaped);

const maxReasonChars = 200;
/** Normalising can make one character eighteen; what is beyond this is not looked at. */
const maxLookedAtChars = 1000;

/**
 * The agent's reason: one line of at most 200 characters, without links, marks of Markdown or HTML, and hidden characters. Letters
 * from right to left stay, for those who write so: it stands last, behind a label from left to right, and turns itself at most.
 */
export function reasonLine(reason: string): string {
  const line = reason
    .normalize("NFKC")
    .slice(0, maxLookedAtChars)
    .toWellFormed()
    .replace(hidden, " ")
    .replace(/[`*_[\]<>~|\\{}]/g, " ")
    // With a scheme, or as browsers and messengers take it without one.
    .replace(/[\p{L}\d+.-]*:\s*\/\/\S*|(?:mailto|tg|javascript|data):\S*|\bwww\.\S*/giu, "(link)")
    .replace(/(?<=[\p{L}\p{N}])[.\u3002](?=\p{L}|\d+\.\d)/gu, " .")
    .replaceAll("@", " at ")
    .replace(/(?<![\p{L}\p{N}])[/#$](?=[\p{L}\p{N}])/gu, "")
    .replace(/ +/g, " ")
    .trim();
  const characters = Array.from(line);
  return characters.length <= maxReasonChars ? line : `${characters.slice(0, maxReasonChars - 1).join("")}…`;
}
