// Tokens after the verb → flags by canonical name and operands, by exact spellings only. An unknown flag, an
// abbreviation, a repeated single flag or a value that does not fit is refused with the token and a hint.
import { badCharacter } from "./characters.ts";
import type { Flag, Grammar, Syntax } from "./grammar/types.ts";
import { nearest } from "./nearest.ts";
import { accept, refuse, type Refused, type Result, shorten, type Token } from "./refusal.ts";
import { type CheckedValue, checkValue } from "./values.ts";

export interface ReadFlags {
  /** Canonical name → values in order. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
  /** Canonical name → the token that gave it, for refusals. */
  readonly places: ReadonlyMap<string, Token>;
  readonly operands: readonly Token[];
  /** How many operands stand before `--`; undefined without one. */
  readonly beforeDash?: number;
}

/** Reads `tokens` by the flags of one verb. */
export function readFlags(tokens: readonly Token[], known: readonly Flag[], grammar: Grammar): Result<ReadFlags> {
  return new FlagReader(tokens, known, grammar).read();
}

class FlagReader {
  readonly #tokens: readonly Token[];
  readonly #bySpelling: ReadonlyMap<string, Flag>;
  readonly #grammar: Grammar;
  readonly #syntax: Syntax;
  readonly #flags = new Map<string, string[]>();
  readonly #places = new Map<string, Token>();
  readonly #operands: Token[] = [];
  #at = 0;
  #beforeDash: number | undefined;
  #ended = false;

  constructor(tokens: readonly Token[], known: readonly Flag[], grammar: Grammar) {
    this.#tokens = tokens;
    this.#grammar = grammar;
    this.#syntax = grammar.syntax;
    this.#bySpelling = new Map(
      known.flatMap((flag) => [flag.name, ...(flag.aliases ?? [])].map((name) => [name, flag])),
    );
  }

  read(): Result<ReadFlags> {
    while (this.#at < this.#tokens.length) {
      const token = this.#tokens[this.#at];
      if (token === undefined) break;
      this.#at += 1;
      if (token.text === "--") {
        if (!this.#syntax.doubleDash) return refuse("`--` is not understood here.", token);
        this.#beforeDash = this.#operands.length;
        this.#operands.push(...this.#tokens.slice(this.#at));
        break;
      }
      const refused = this.#readToken(token);
      if (refused !== undefined) return refused;
    }
    const beforeDash = this.#beforeDash === undefined ? {} : { beforeDash: this.#beforeDash };
    return accept({ flags: this.#flags, places: this.#places, operands: this.#operands, ...beforeDash });
  }

  #readToken(token: Token): Refused | undefined {
    const { text } = token;
    if (text === "--end-of-options" && this.#syntax.endOfOptions === true && !this.#ended) {
      this.#ended = true;
      return undefined;
    }
    if (this.#ended || !text.startsWith("-") || text === "-") {
      this.#operands.push(token);
      if (this.#syntax.stopsAtOperand === true) this.#operands.push(...this.#takeRest());
      return undefined;
    }
    const { numericShort } = this.#syntax;
    const numeric = numericShort === undefined ? undefined : this.#bySpelling.get(numericShort);
    if (numeric !== undefined && /^-[0-9]{1,6}$/.test(text)) return this.#put(numeric, token, [text.slice(1)]);
    return text.startsWith("--") ? this.#long(token) : this.#shorts(token);
  }

  #takeRest(): readonly Token[] {
    const rest = this.#tokens.slice(this.#at);
    this.#at = this.#tokens.length;
    return rest;
  }

  #long(token: Token): Refused | undefined {
    const equals = token.text.indexOf("=");
    const spelled = equals < 0 ? token.text : token.text.slice(0, equals);
    const name = this.#syntax.foldUnderscores ? spelled.replaceAll("_", "-") : spelled;
    const flag = this.#bySpelling.get(name);
    if (flag === undefined) return this.#unknown(name, token);
    if (equals < 0) return this.#spaced(flag, token);
    const takesEquals = this.#syntax.longEquals && (flag.type.kind !== "boolean" || this.#syntax.booleanValues);
    if (!takesEquals) return refuse(`\`${name}\` takes no \`=\` here.`, token, name);
    return this.#put(flag, token, [token.text.slice(equals + 1)]);
  }

  /** One dash: `-x`, `-xV`, `-x=V`, or several booleans bundled with at most one valued flag at the end. */
  #shorts(token: Token): Refused | undefined {
    const letters = token.text.slice(1);
    for (let at = 0; at < letters.length; at += 1) {
      const flag = this.#bySpelling.get(`-${letters.charAt(at)}`);
      if (flag === undefined) return this.#unknown(`-${letters.charAt(at)}`, token);
      const rest = letters.slice(at + 1);
      if (flag.type.kind === "boolean") {
        if (rest.startsWith("=") && this.#syntax.shortEquals) return this.#put(flag, token, [rest.slice(1)]);
        const refused = this.#put(flag, token, ["true"]);
        if (refused !== undefined) return refused;
        continue;
      }
      if (rest === "") return this.#spaced(flag, token);
      const isGlued = flag.glued === true && flag.bare === undefined;
      if (isGlued || !this.#syntax.gluedShorts || flag.arity === 2)
        return refuse(`\`-${letters.charAt(at)}\` takes its value as a word of its own.`, token);
      return this.#put(flag, token, [this.#syntax.shortEquals && rest.startsWith("=") ? rest.slice(1) : rest]);
    }
    return undefined;
  }

  /** The value stands in the next token or tokens. */
  #spaced(flag: Flag, token: Token): Refused | undefined {
    if (flag.type.kind === "boolean") return this.#put(flag, token, ["true"]);
    if (flag.glued === true && flag.bare !== undefined) return this.#put(flag, token, [flag.bare]);
    if (flag.optional !== undefined) return this.#put(flag, token, [flag.optional]);
    if (flag.glued === true) return refuse(`\`${flag.name}\` needs its value after \`=\`.`, token, `${flag.name}=…`);
    const arity = flag.arity ?? 1;
    const values = this.#tokens.slice(this.#at, this.#at + arity).map(({ text }) => text);
    if (values.length < arity)
      return refuse(`\`${flag.name}\` needs ${arity === 1 ? "a value" : `${arity} values`}.`, token);
    this.#at += arity;
    return this.#put(flag, token, values);
  }

  #put(flag: Flag, token: Token, values: readonly string[]): Refused | undefined {
    const held = this.#flags.get(flag.name);
    if (held !== undefined && flag.multi !== true) {
      return refuse(`\`${flag.name}\` is given twice; which one holds would be a guess.`, token, "give it once");
    }
    const canonical: string[] = [];
    // With two values the first is a name; only the last is checked against the type.
    for (const [index, value] of values.entries()) {
      const mayHoldLines = flag.type.kind === "pattern" && flag.type.program === true;
      const bad = badCharacter(value, mayHoldLines ? "program" : "token");
      if (bad !== undefined) return refuse(`The value of \`${flag.name}\` holds ${bad}.`, token);
      const isName = index < values.length - 1;
      const checked = isName ? checkName(value) : checkValue(flag.type, value);
      if ("problem" in checked) return refuse(`\`${flag.name}\` ${checked.problem}.`, token, hintOf(flag, checked));
      canonical.push(checked.value);
    }
    if (held === undefined) this.#flags.set(flag.name, canonical);
    else held.push(...canonical);
    this.#places.set(flag.name, token);
    return undefined;
  }

  #unknown(name: string, token: Token): Refused {
    const refusal = this.#grammar.refusedFlags?.get(name);
    if (refusal !== undefined) return refuse(`\`${name}\`: ${refusal.message}`, token, refusal.try);
    const spellings = [...this.#bySpelling.keys()].filter((spelling) => spelling.startsWith("--"));
    const longer = name.length > 2 ? spellings.find((spelling) => spelling.startsWith(name)) : undefined;
    const near = longer ?? nearest(name, spellings);
    const known = spellings.slice(0, 12).join(", ");
    return refuse(
      `\`${shorten(name)}\` is not a flag that is understood here${known === "" ? "" : `; understood are ${known}`}.`,
      token,
      near,
    );
  }
}

const hintOf = (flag: Flag, { try: hint }: { readonly try?: string }): string | undefined =>
  hint?.startsWith("=") === true ? `${flag.name}${hint}` : hint;

const checkName = (text: string): CheckedValue =>
  /^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(text) ? { value: text } : { problem: "needs a plain name first" };
