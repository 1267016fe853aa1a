// Which characters may stand in a token. What a terminal, a log or a second parser could read differently is refused:
// control characters, invisible and direction-changing ones, blanks that only look like blanks, half surrogate pairs.

/** C0, DEL and C1; tab is a separator and never part of an unquoted token. */
const control = /\p{Cc}/u;
/** The same without newline and tab, for programs and patterns that may span lines. */
const controlInProgram = /(?![\t\n])\p{Cc}/u;
/**
 * Zero-width and direction-changing (Cf), separators other than the ASCII blank, private use and unassigned characters,
 * and what Unicode says a font shows as nothing: fillers, variation selectors, tags. The Braille blank looks like one.
 */
const deceptive = /[\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/u;

/** The first thing wrong with the text, in words; undefined when nothing is. `program` allows newlines and tabs. */
export function badCharacter(text: string, where: "token" | "program" = "token"): string | undefined {
  if (!text.isWellFormed()) return "half of a surrogate pair";
  if (text.includes("\u0000")) return "a NUL character";
  if ((where === "token" ? control : controlInProgram).test(text)) {
    return /[\n\r]/.test(text) ? "a line break" : "a control character";
  }
  if (deceptive.test(text)) return "an invisible or look-alike character";
  return undefined;
}
