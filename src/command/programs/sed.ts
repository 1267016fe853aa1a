// Lists the commands of a GNU sed script: `p`, `w`, `s`, and `s///w`, `s///e` for what a substitution does besides. Reads the
// script as GNU sed does, command by command; where versions of sed disagree about where one ends, it refuses.
import type { ListedProgram } from "./listed-program.ts";
import { type ProgramProblem, readDelimited } from "./sed-delimited.ts";

type Problem = ProgramProblem | undefined;

/** Commands that take nothing. */
const bare = "=dDFgGhHnNpPxz";
/** Commands that take a label, which ends at a blank, `;` or `}`. */
const labelled = ":btT";
/** Commands that take a number at most. */
const numbered = "lLqQ";
/** Commands that take a file, a command or a text up to the end of the line. */
const toLineEnd = "rRwWe";

const label = /[ \t]*[A-Za-z0-9_.-]{0,64}/y;
const number = /[ \t]*[0-9]{0,6}/y;
const restOfLine = /[^\n]*/y;
const blanks = /[ \t]*/y;
const betweenCommands = /[\s;]*/y;
const negation = /[ \t]*!?[ \t]*/y;
const comma = /[ \t]*,[ \t]*/y;
const firstAddress = /[0-9]+(?:~[0-9]+)?|\$/y;
const secondAddress = /[0-9]+|[+~][0-9]+|\$/y;
const regexFlags = /[IM]{0,2}/y;
const textStart = /[ \t]*(?:\\\n)?/y;
const maxDepth = 64;

/** Commands in use, sorted and unique. Linear in the script's length. */
export function listSedCommands(script: string): ListedProgram {
  return new SedReader(script).read();
}

class SedReader {
  readonly #text: string;
  readonly #found = new Set<string>();
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): ListedProgram {
    for (this.#skip(betweenCommands); this.#at < this.#text.length; this.#skip(betweenCommands)) {
      const problem = this.#command();
      if (problem !== undefined) return problem;
    }
    if (this.#depth > 0) return { problem: "leaves `{` open" };
    return { identifiers: [...this.#found].sort() };
  }

  #command(): Problem {
    const addresses = this.#addresses();
    if (addresses !== undefined) return addresses;
    this.#skip(negation);
    const name = this.#char();
    this.#at += 1;
    if (name === "#") return this.#skip(restOfLine);
    if (name === "{") return this.#open();
    if (name === "}") return this.#close();
    if (name !== ":") this.#found.add(name);
    if (name === "s") return this.#substitute();
    if (name === "y") return this.#parts(name) ?? this.#end();
    if (name !== "" && "aic".includes(name)) return this.#insertedText(name);
    if (name !== "" && toLineEnd.includes(name)) return this.#skip(restOfLine);
    if (name !== "" && labelled.includes(name)) return this.#skip(label) ?? this.#end();
    if (name !== "" && numbered.includes(name)) return this.#skip(number) ?? this.#end();
    if (name !== "" && bare.includes(name)) return this.#end();
    return { problem: `has no command that is understood at character ${this.#at}` };
  }

  /** None, one or two: a line, `$`, FIRST~STEP, `/regex/IM`; the second also `+N` and `~N`. */
  #addresses(): Problem {
    const problem = this.#address(firstAddress);
    if (problem !== undefined) return problem;
    const before = this.#at;
    this.#skip(comma);
    return this.#at === before ? undefined : this.#address(secondAddress);
  }

  #address(shape: RegExp): Problem {
    const char = this.#char();
    if (char !== "/" && char !== "\\") return this.#skip(shape);
    if (char === "\\") this.#at += 1;
    return this.#delimited(true) ?? this.#skip(regexFlags);
  }

  #substitute(): Problem {
    const problem = this.#parts("s");
    if (problem !== undefined) return problem;
    for (let flag = this.#char(); "gpiImM0123456789ew \t".includes(flag) && flag !== ""; flag = this.#char()) {
      this.#at += 1;
      if (flag === "e") this.#found.add("s///e");
      if (flag !== "w") continue;
      this.#found.add("s///w");
      return this.#skip(restOfLine);
    }
    return this.#end();
  }

  /** The two parts of `s` and `y`; the delimiter between them closes the first and opens the second. */
  #parts(name: "s" | "y"): Problem {
    const problem = this.#delimited(name === "s");
    if (problem !== undefined) return problem;
    this.#at -= 1;
    return this.#delimited(false);
  }

  #delimited(isRegex: boolean): Problem {
    const read = readDelimited(this.#text, this.#at, isRegex);
    if ("problem" in read) return read;
    this.#at = read.end;
    return undefined;
  }

  /** `a text`, or `a\` and the text on the next line. A further continued line could be text or code: refused. */
  #insertedText(name: string): Problem {
    this.#skip(textStart);
    const from = this.#at;
    this.#skip(restOfLine);
    const text = this.#text.slice(from, this.#at);
    if (text === "") return { problem: `gives \`${name}\` no text`, try: `${name} some text` };
    if (/\\(?:\\|$)/.test(text))
      return { problem: `continues the text of \`${name}\` over lines`, try: "one line of text" };
    return undefined;
  }

  #open(): Problem {
    this.#depth += 1;
    return this.#depth > maxDepth ? { problem: `nests deeper than ${maxDepth}` } : undefined;
  }

  #close(): Problem {
    this.#depth -= 1;
    return this.#depth < 0 ? { problem: "closes `}` that is not open" } : this.#end();
  }

  /** What may follow a command: blanks, then `;`, a line break, `}`, a comment or the end. */
  #end(): Problem {
    this.#skip(blanks);
    if (";\n}#".includes(this.#char())) return undefined;
    return { problem: `has something behind a command at character ${this.#at + 1}`, try: "separate commands with ;" };
  }

  #char(): string {
    return this.#text.charAt(this.#at);
  }

  /** Steps over what the sticky pattern matches here. */
  #skip(pattern: RegExp): undefined {
    pattern.lastIndex = this.#at;
    this.#at += pattern.exec(this.#text)?.[0].length ?? 0;
  }
}
