// Lists what a gawk program names: every word outside strings and patterns, `@name`, and the signs that reach outside: `|`, `|&`,
// `>>` and a `>` that redirects instead of comparing.
import { cutGawk, type GawkToken } from "./gawk-tokens.ts";
import type { ListedProgram } from "./listed-program.ts";

const outward = new Set(["|", "|&", ">>"]);
/** Signs behind which gawk reads on over a line break. */
const continues = new Set([",", "&&", "||", "?", ":"]);

/** Identifiers in use, sorted and unique; a qualified name counts with and without its namespace. */
export function listGawkIdentifiers(program: string): ListedProgram {
  const cut = cutGawk(program);
  if ("problem" in cut) return cut;
  const found = new Set<string>();
  const prints = new PrintReader();
  for (const [index, token] of cut.tokens.entries()) {
    const before = cut.tokens[index - 1];
    if (token.kind === "word") {
      found.add(token.text).add(token.text.split("::").at(-1) ?? "");
      if (before?.text === "@") found.add("@").add(`@${token.text}`);
    }
    const redirects = prints.redirects(token, before);
    if (token.kind === "sign" && (outward.has(token.text) || redirects)) found.add(token.text);
  }
  return { identifiers: [...found].sort() };
}

/** Knows where a `print` statement has come to: outside its parentheses a `>` writes a file. */
class PrintReader {
  #inPrint = false;
  #depth = 0;

  redirects({ kind, text }: GawkToken, before: GawkToken | undefined): boolean {
    if (kind === "word" && (text === "print" || text === "printf")) {
      this.#inPrint = true;
      this.#depth = 0;
    } else if (kind === "newline" && this.#depth === 0) {
      if (before === undefined || !continues.has(before.text)) this.#inPrint = false;
    } else if (kind === "sign") {
      if (text === "(" || text === "[") this.#depth += 1;
      if (text === ")" || text === "]") this.#depth -= 1;
      if (text === ";" || text === "}") this.#inPrint = false;
      return this.#inPrint && this.#depth <= 0 && text === ">";
    }
    return false;
  }
}
