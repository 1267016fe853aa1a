// Lists the operators that a yq v4 expression uses: words outside paths, strings and comments, `@formats`, and what a string
// interpolates. Cuts the text as yq's lexer does; what that would cut in another way is refused.
import type { ListedProgram } from "./listed-program.ts";
import { isYqValue, yqWords } from "./yq-words.ts";

const blanks = /[ \t\n]+/y;
const comment = /#[^\n]*/y;
const string = /"(?:[^"\\]|\\[^\n])*"/y;
const word = /[@$]?[A-Za-z_][A-Za-z0-9_]*/y;
const variable = /\$[A-Za-z0-9_-]+/y;
/** `env(NAME)` and `envsubst(nu,ne)` are one token each. */
const environment = /(?:str)?env\([A-Za-z_][A-Za-z0-9_]*\)|envsubst\((?:ne|nu|ff| |,)+\)/y;
const number = /0[xX][0-9A-Fa-f]+|[0-9]+(?:\.[0-9]+)?(?:[Ee][-+]?[0-9]+)?/y;
/** `."a b"` ends its name at the blank, so a name in quotes has none. */
const quotedPath = /\."[^ "\\#]+"\??/y;
/** A name goes on to the next of these; signs and quotes in it are part of it. */
const path = /\.[^ ;}{:[\],|.()=\n!]+/y;
const plainPath = /^\.[\p{L}\p{N}_$@*?/+-]+$/u;
const dots = /\.{1,3}/y;
const sign = /\|=c*|[=!<>]=|=c*|\*=?[+|?cdn]*|[-+]=|\/\/|[-+/%<>|,;:()[\]{}~?]/y;

/** Identifiers in use, sorted and unique. Linear in the expression's length. */
export function listYqIdentifiers(expression: string): ListedProgram {
  // No operand stands before it: yq itself would look for a file of that name.
  if (expression.startsWith("/")) return { problem: "begins with `/`, as a path does", try: "put it behind a pipe" };
  const found = new Set<string>();
  for (let at = 0; at < expression.length;) {
    const take = (pattern: RegExp): string | undefined => {
      pattern.lastIndex = at;
      return pattern.exec(expression)?.[0];
    };
    const read = piece(expression.charAt(at), take, found);
    if (typeof read !== "string") return read;
    at += read.length;
  }
  return { identifiers: [...found].sort() };
}

type Problem = { readonly problem: string; readonly try?: string };

/** The next piece of the expression; what it names goes into `found`. */
function piece(char: string, take: (pattern: RegExp) => string | undefined, found: Set<string>): string | Problem {
  if (char === ".") return pathPiece(take, found);
  if (char === '"') return stringPiece(take(string), found);
  const whole = take(blanks) ?? take(comment) ?? take(variable) ?? take(number) ?? take(sign);
  if (whole !== undefined) return whole;
  const name = take(word);
  if (name === undefined) return { problem: `has something that is not understood: \`${char}\`` };
  if (!yqWords.has(name) && !isYqValue(name))
    return { problem: `names \`${name}\`, which yq does not have`, try: `.${name} or "${name}"` };
  found.add(name);
  return take(environment) ?? name;
}

/** `.`, `..`, `.name`, `."name"`; the name is data. */
function pathPiece(take: (pattern: RegExp) => string | undefined, found: Set<string>): string | Problem {
  const quoted = take(quotedPath);
  if (quoted !== undefined) return quoted;
  const named = take(path);
  if (named === undefined) return take(dots) ?? ".";
  if (!plainPath.test(named)) {
    const problem = "has a name with signs in it that yq takes for a part of the name";
    return { problem, try: 'blanks around operators, and .["a b"] for such a name' };
  }
  // Behind the plain name may stand what another release takes for an operator: listed, so that policy sees it.
  for (const [rest] of named.slice(1).matchAll(/(?<=[^A-Za-z0-9_-])[A-Za-z_][A-Za-z0-9_]*/g)) {
    if (yqWords.has(rest)) found.add(rest);
  }
  return named;
}

/** A word that is no field: not behind a single dot. */
const interpolatedWord = /(?<!(?<!\.)\.)[A-Za-z_][A-Za-z0-9_]*/g;

/** A string may hold expressions, `\( … )`, which yq reads after unescaping: every operator's name behind the first counts. */
function stringPiece(text: string | undefined, found: Set<string>): string | Problem {
  if (text === undefined) return { problem: "has a string that is not closed" };
  const from = text.indexOf("\\(");
  if (from < 0) return text;
  for (const [name] of text.slice(from).matchAll(interpolatedWord)) {
    for (const known of yqWords) if (name.includes(known)) found.add(known);
  }
  return text;
}
