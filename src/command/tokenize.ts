// The first of the two readers of a command line. It accepts a small, plain part of POSIX quoting and refuses everything
// that a shell would interpret (facts: a shell's list is `; & | < > ( ) $ backtick # ~` and assignments). Linear.
import { badCharacter } from "./characters.ts";
import { accept, refuse, type Refused, type Result, type Token } from "./refusal.ts";

/** Largest command line, bytes of UTF-8. */
const maxLineBytes = 8 * 1024;

/** Characters that a shell interprets outside quotes; `|` alone is a stage border and handled before. */
const interpreted = new Set([";", "&", "<", ">", "(", ")", "$", "`"]);

/**
 * Splits a command line into stages of tokens.
 * `'…'` is literal; `"…"` knows `\"` and `\\`; outside quotes `\c` is c; blanks and tabs separate.
 */
export const tokenize = (line: string): Result<readonly (readonly Token[])[]> =>
  Buffer.byteLength(line) > maxLineBytes
    ? refuse(`The command line is longer than ${maxLineBytes} bytes.`)
    : readLine(line);

/** The same without the cap: where the growth of its time is measured. */
export function readLine(line: string): Result<readonly (readonly Token[])[]> {
  const stages = new LineReader(line).read();
  if (!stages.ok) return stages;
  for (const token of stages.value.flat()) {
    const bad = badCharacter(token.text, "program");
    if (bad !== undefined) return refuse(`A word holds ${bad}.`, token);
  }
  return stages;
}

class LineReader {
  readonly #line: string;
  readonly #stages: Token[][] = [[]];
  #at = 0;
  /** Text of the token being read; undefined between tokens. "" is a token too: `''`. */
  #text: string | undefined;

  constructor(line: string) {
    this.#line = line;
  }

  read(): Result<readonly (readonly Token[])[]> {
    while (this.#at < this.#line.length) {
      const refused = this.#step(this.#line.charAt(this.#at));
      if (refused !== undefined) return refused;
    }
    this.#endToken();
    const empty = this.#stages.findIndex((stage) => stage.length === 0);
    if (empty >= 0)
      return refuse(this.#stages.length === 1 ? "The command line is empty." : "A stage of the pipeline is empty.");
    return accept(this.#stages);
  }

  #step(char: string): Refused | undefined {
    if (char === " " || char === "\t") return this.#skip(() => this.#endToken());
    if (char === "'") return this.#quoted("'");
    if (char === '"') return this.#quoted('"');
    if (char === "\\") return this.#escaped();
    if (char === "|") return this.#border();
    if (char === "\n" || char === "\r")
      return this.#refuse("A line break outside quotes would begin a second command.");
    if (interpreted.has(char)) {
      return this.#refuse(
        `\`${char}\` means something to a shell, and there is no shell here.`,
        `'${char}' in quotes is text`,
      );
    }
    if (this.#text === undefined && (char === "#" || char === "~")) {
      return this.#refuse(`\`${char}\` at the start of a word means something to a shell.`, `quote it: '${char}…'`);
    }
    this.#text = (this.#text ?? "") + char;
    this.#at += 1;
    return undefined;
  }

  #skip(action: () => void): undefined {
    action();
    this.#at += 1;
  }

  #quoted(quote: "'" | '"'): Refused | undefined {
    let text = "";
    for (let at = this.#at + 1; at < this.#line.length; at += 1) {
      const char = this.#line.charAt(at);
      if (char === quote) {
        this.#text = (this.#text ?? "") + text;
        this.#at = at + 1;
        return undefined;
      }
      if (quote === '"' && (char === "$" || char === "`")) {
        return this.#refuse(`\`${char}\` inside double quotes is expanded by a shell.`, "use single quotes");
      }
      const next = this.#line.charAt(at + 1);
      if (quote === '"' && char === "\\" && (next === '"' || next === "\\")) {
        text += next;
        at += 1;
      } else {
        text += char;
      }
    }
    return this.#refuse(`A ${quote === '"' ? "double" : "single"} quote is not closed.`);
  }

  #escaped(): Refused | undefined {
    const next = this.#line.charAt(this.#at + 1);
    if (next === "" || next === "\n" || next === "\r") return this.#refuse("A backslash at the end escapes nothing.");
    this.#text = (this.#text ?? "") + next;
    this.#at += 2;
    return undefined;
  }

  #border(): Refused | undefined {
    const next = this.#line.charAt(this.#at + 1);
    if (next === "|" || next === "&")
      return this.#refuse(`\`|${next}\` is a shell's operator; only a single \`|\` joins stages.`, "|");
    this.#endToken();
    this.#stages.push([]);
    this.#at += 1;
    return undefined;
  }

  #endToken(): void {
    if (this.#text === undefined) return;
    const stage = this.#stages.length - 1;
    const tokens = this.#stages[stage] ?? [];
    tokens.push({ text: this.#text, stage, index: tokens.length });
    this.#text = undefined;
  }

  #refuse(message: string, hint?: string): Refused {
    const stage = this.#stages.length - 1;
    const index = this.#stages[stage]?.length ?? 0;
    const rest = this.#line.slice(this.#at).split(/[ \t]/, 1)[0] ?? "";
    return refuse(message, { text: (this.#text ?? "") + rest, stage, index }, hint);
  }
}
