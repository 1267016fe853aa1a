// Finds the end of one delimited part of a sed script: a regular expression, a replacement, a set of characters. Versions of GNU
// sed disagree about a delimiter inside brackets, so an expression that could be read in two ways is refused. Used by sed.ts.

export interface ProgramProblem {
  readonly problem: string;
  readonly try?: string;
}

/** Delimiters that mean nothing else in an expression. */
const delimiters = "/|,:;#%@!_~=&\"'-";
/** A bracket expression that every reading closes at the same place: no raw `[`, no `\]`. */
const bracket = /\[\^?\]?(?:[^\]\\[\n]|\[:[a-z]+:\]|\\[^\]\n[])*\]/y;
const bracketUnit = /\\[^]|[^]/g;

/** The index behind the closing delimiter; `at` is the opening one's. */
export function readDelimited(text: string, at: number, isRegex: boolean): { readonly end: number } | ProgramProblem {
  const delimiter = text.charAt(at);
  if (delimiter === "" || !delimiters.includes(delimiter))
    return { problem: "has a delimiter that is not understood", try: "use / or |" };
  let index = at + 1;
  for (let char = text.charAt(index); char !== delimiter; char = text.charAt(index)) {
    if (char === "" || char === "\n") return { problem: `leaves a \`${delimiter}\` open` };
    if (char === "[" && isRegex) {
      const end = bracketEnd(text, index, delimiter);
      if (end === undefined) return unclear;
      index = end;
    } else if (char === "\\") {
      const escaped = text.charAt(index + 1);
      // `\cX` is a control character, and X may be a backslash or the delimiter.
      if (escaped === "" || escaped === "c" || (escaped === "\n" && isRegex)) return unclear;
      index += 2;
    } else {
      index += 1;
    }
  }
  return { end: index + 1 };
}

const unclear: ProgramProblem = {
  problem: "has an expression that can be read in two ways",
  try: "another delimiter, as in s|a|b|, and no backslash before ]",
};

/** Behind the `]`; undefined where the delimiter stands inside the brackets, or they could end elsewhere. */
function bracketEnd(text: string, at: number, delimiter: string): number | undefined {
  bracket.lastIndex = at;
  const match = bracket.exec(text)?.[0];
  if (match === undefined || [...match.matchAll(bracketUnit)].some(([unit]) => unit === delimiter)) return undefined;
  return at + match.length;
}
