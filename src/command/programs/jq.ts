// Lists what a jq program names: bare identifiers and variables, not fields, strings or object keys. Just enough of a
// tokenizer to tell code from data; what it cannot tell is refused.
import type { ListedProgram } from "./listed-program.ts";

const identifierStart = /[A-Za-z_]/;
const identifierPart = /[A-Za-z0-9_]/;
/** Depth of brackets and interpolations that a program may nest. */
const maxDepth = 64;

/** Identifiers in use, sorted and unique: functions, keywords, `$variables`, `@formats`. Linear in the program's length. */
export function listJqIdentifiers(program: string): ListedProgram {
  const reader = new JqReader(program);
  return reader.read();
}

class JqReader {
  readonly #text: string;
  readonly #found = new Set<string>();
  /** Open brackets; `"` stands for an interpolation that returns to its string. */
  readonly #open: string[] = [];
  #at = 0;
  /** Last character that was not blank or comment, to tell `.field` and object keys. */
  #previous = "";

  constructor(text: string) {
    this.#text = text;
  }

  read(): ListedProgram {
    while (this.#at < this.#text.length) {
      const problem = this.#step();
      if (problem !== undefined) return { problem };
      if (this.#open.length > maxDepth) return { problem: `nests deeper than ${maxDepth}` };
    }
    if (this.#open.length > 0) return { problem: `leaves \`${this.#open.at(-1) ?? ""}\` open` };
    return { identifiers: [...this.#found].sort() };
  }

  #step(): string | undefined {
    const char = this.#text.charAt(this.#at);
    if (/\s/.test(char)) return this.#advance(1);
    if (char === "#") return this.#comment();
    if (char === '"') return this.#string(this.#at + 1);
    if (identifierStart.test(char)) return this.#word("");
    if ((char === "$" || char === "@") && identifierStart.test(this.#text.charAt(this.#at + 1)))
      return this.#word(char);
    if (/[0-9]/.test(char)) return this.#number();
    if ("([{".includes(char)) this.#open.push(char);
    if (")]}".includes(char)) return this.#close(char);
    this.#previous = char;
    return this.#advance(1);
  }

  #advance(by: number): undefined {
    this.#at += by;
  }

  /** jq 1.7 lets a backslash continue a comment where 1.6 does not: versions disagree, so it is refused. */
  #comment(): string | undefined {
    const end = this.#text.indexOf("\n", this.#at);
    const comment = this.#text.slice(this.#at, end < 0 ? undefined : end);
    if (comment.includes("\\") || comment.includes("\r")) return "has a backslash in a comment";
    this.#at = end < 0 ? this.#text.length : end;
    return undefined;
  }

  /** Reads a string body from `from`; stops at its end or at an interpolation. */
  #string(from: number): string | undefined {
    for (let at = from; at < this.#text.length; at += 1) {
      const char = this.#text.charAt(at);
      if (char === '"') {
        this.#at = at + 1;
        this.#previous = '"';
        return undefined;
      }
      if (char !== "\\") continue;
      at += 1;
      if (this.#text.charAt(at) !== "(") continue;
      this.#open.push('"');
      this.#at = at + 1;
      this.#previous = "(";
      return undefined;
    }
    return "has a string that is not closed";
  }

  #close(char: string): string | undefined {
    const open = this.#open.pop();
    this.#previous = char;
    if (open === '"' && char === ")") return this.#string(this.#at + 1);
    const pair = `${open ?? ""}${char}`;
    if (pair !== "()" && pair !== "[]" && pair !== "{}") return `closes \`${char}\` that is not open`;
    return this.#advance(1);
  }

  #word(sigil: string): string | undefined {
    const start = this.#at;
    let end = start + sigil.length;
    while (
      end < this.#text.length &&
      (identifierPart.test(this.#text.charAt(end)) || this.#text.startsWith("::", end))
    ) {
      end += this.#text.startsWith("::", end) ? 2 : 1;
    }
    const word = this.#text.slice(start, end);
    const isField = sigil === "" && this.#previous === ".";
    // jq 1.6 takes `$ ENV`, blanks and comments between included, for `$ENV`.
    const name = sigil === "" && this.#previous === "$" ? `$${word}` : word;
    if (!isField && !this.#isObjectKey(sigil, end)) this.#found.add(name);
    this.#previous = "a";
    this.#at = end;
    return undefined;
  }

  /** `{name: …}` and `{a, name: …}` directly inside braces: a key, not a call. `{env}` without a colon is listed. */
  #isObjectKey(sigil: string, end: number): boolean {
    if (sigil !== "" || this.#open.at(-1) !== "{" || !"{,".includes(this.#previous)) return false;
    return /^\s*:(?!:)/.test(this.#text.slice(end, end + 16));
  }

  #number(): undefined {
    const match = /^[0-9]*\.?[0-9]*([eE][+-]?[0-9]+)?/.exec(this.#text.slice(this.#at, this.#at + 64));
    this.#previous = "0";
    this.#at += Math.max(1, match?.[0].length ?? 1);
  }
}
