// Cuts a gawk program into tokens: just enough to tell code from strings, regular expressions and comments. Where only gawk's own
// parser could tell a division from a regular expression, it refuses. Used by gawk.ts.

export interface GawkToken {
  /** `regex` and `string` are data; the text of a `word` is a name or keyword, of a `sign` an operator. */
  readonly kind: "word" | "number" | "string" | "regex" | "sign" | "newline";
  readonly text: string;
}

export type GawkTokens =
  | { readonly tokens: readonly GawkToken[] }
  | { readonly problem: string; readonly try?: string };

const blanks = /(?:[ \t]|\\\n)+/y;
const comment = /#[^\n]*/y;
const word = /[A-Za-z_][A-Za-z0-9_]*(?:::[A-Za-z_][A-Za-z0-9_]*)?/y;
/** Each digit can be read in one way only: otherwise a long number in front of a letter would take its length's square. */
const number = /(?:0[xX][0-9A-Fa-f]+|(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)(?![A-Za-z0-9_.])/y;
const string = /"(?:[^"\\\n]|\\[^\n])*"/y;
/** Brackets as every reading closes them: no raw `[`, no `/`, no `]` in first place. */
const regex = /\/(?:[^[\]\\/\n]|\\[^\n]|\[\^?(?:[^[\]\\/\n]|\[:[a-z]+:\]|\\[^\n])+\])*\//y;
const sign = /\*\*=?|>>|\|\||\|&|&&|\+\+|--|[-+*%^<>!=]=|!~|[-+*%^<>!=~|?:,;(){}[\]$@]/y;

/** Words behind which an operand begins, so that a slash opens a regular expression. */
const operators = new Set("BEGIN END case delete do else exit in print printf return".split(" "));
/** Words whose parentheses are followed by a statement, where a slash would open a regular expression. */
const headers = new Set(["if", "while", "for", "switch"]);

/** Linear in the program's length. */
export function cutGawk(program: string): GawkTokens {
  const tokens: GawkToken[] = [];
  const open: string[] = [];
  /** Whether a slash here opens a regular expression; undefined where the text alone does not say. */
  let opensRegex: boolean | undefined = true;
  for (let at = 0; at < program.length;) {
    const take = (pattern: RegExp): string | undefined => {
      pattern.lastIndex = at;
      return pattern.exec(program)?.[0];
    };
    const skipped = take(blanks) ?? take(comment);
    if (skipped !== undefined) {
      if (skipped.startsWith("#") && skipped.endsWith("\\"))
        return { problem: "has a comment that ends in a backslash" };
      at += skipped.length;
      continue;
    }
    const token = tokenAt(program, at, opensRegex, take);
    if ("problem" in token) return token;
    at += token.text.length;
    opensRegex = afterwards(token, tokens.at(-1), open);
    tokens.push(token);
  }
  return { tokens };
}

type Take = (pattern: RegExp) => string | undefined;

function tokenAt(
  program: string,
  at: number,
  opensRegex: boolean | undefined,
  take: Take,
): GawkToken | { readonly problem: string; readonly try?: string } {
  const char = program.charAt(at);
  if (char === "\n") return { kind: "newline", text: char };
  if (char === "/") return slash(program.charAt(at + 1), opensRegex, take);
  const patterns = { word, number, string, sign };
  for (const kind of ["word", "number", "string", "sign"] as const) {
    const text = take(patterns[kind]);
    if (text !== undefined) return { kind, text };
  }
  if (char === '"') return { problem: "has a string that is not closed on its line" };
  return { problem: `has something that is not understood at character ${at + 1}` };
}

function slash(
  next: string,
  opensRegex: boolean | undefined,
  take: Take,
): GawkToken | { problem: string; try?: string } {
  if (opensRegex === undefined)
    return { problem: "has a `/` that could divide or open a pattern", try: "put parentheses around it" };
  if (!opensRegex) return { kind: "sign", text: next === "=" ? "/=" : "/" };
  const text = take(regex);
  if (text !== undefined) return { kind: "regex", text };
  return {
    problem: "has a pattern whose end can be read in two ways",
    try: String.raw`escape / and ] in brackets: [\/]`,
  };
}

/** Keeps the open parentheses, with the word before each, to know what a closing one ends. */
function afterwards(token: GawkToken, before: GawkToken | undefined, open: string[]): boolean | undefined {
  const { kind, text } = token;
  if (kind === "word") return text === "getline" ? undefined : operators.has(text);
  if (kind === "newline") return true;
  if (kind !== "sign") return false;
  if (text === "(") open.push(before?.kind === "word" ? before.text : "");
  if (text === ")") return headers.has(open.pop() ?? "") ? undefined : false;
  if (text === "++" || text === "--") return undefined;
  return text !== "]";
}
