// The forms in which tools print the key of a credential and its value: what a key's last word is, and what follows it, or
// comes before it. Data for assignments.ts. Every form is linear.

/** The last word of a key, which decides: `secretName` names no credential. Nor does a chart's `existingSecret`. */
export const words =
  /passw(?:or)?d|passphrase|(?<=[_.-])(?:pwd|pass)|secret[_.-]key|(?<!existing[_-]?|pull[_-]?)secret|token|(?:api|access|account|auth|encryption|hmac|master|private|session|shared|signing|ssh|storage)[_.-]?key|credentials?/gi;
/** The rest of a key before its last word; looked back at only where the word and what follows it fit. */
const keyChars = "[\\w.-]{0,110}";
/** A value in double quotes, as JSON writes it; the same in a text that JSON holds. */
const quoted = '((?:[^"\\\\\\n]|\\\\.)+)(?=")';
const escaped = '([^"\\\\\\n]+)(?=\\\\)';

/** What may follow a word. */
export interface Rest {
  /** Its first character is one of these. */
  readonly starts: string;
  /** The last two groups: what stays, then the value. */
  readonly pattern: RegExp;
  /** An entry of an object: whether two values are equal may show. A list: each of its strings is a value. */
  readonly of: "entry" | "list" | "text";
}

const rest = (starts: string, source: string, of: Rest["of"] = "text"): Rest => ({
  starts,
  pattern: new RegExp(source, "imy"),
  of,
});

/** None begins with the key: a run of key characters costs no time, and what a template prints before a key hides nothing. */
const rests: readonly Rest[] = [
  // JSON, and JSON in a JSON string.
  rest('"', `("\\s{0,8}:\\s{0,8}")${quoted}`),
  rest("\\", `(\\\\"\\s{0,8}:\\s{0,8}\\\\")${escaped}`),
  // A list of them.
  rest(
    '"',
    `("\\s{0,8}:\\s{0,8}\\[\\s{0,200})("(?:[^"\\\\\\n]|\\\\.)*"(?:\\s{0,200},\\s{0,200}"(?:[^"\\\\\\n]|\\\\.)*"){0,100})(?=\\s{0,200}\\])`,
    "list",
  ),
  // Entries of a container's env: name, then value. The last one is a map as Go prints it.
  rest('"', `("\\s{0,8},\\s{0,200}"value"\\s{0,8}:\\s{0,8}")${quoted}`, "entry"),
  rest("\\", `(\\\\",\\s{0,8}\\\\"value\\\\":\\s{0,8}\\\\")${escaped}`, "entry"),
  rest("\"'\n", `(["']?\\n[ \\t]{0,200}value: )(\\S[^\\n]*)`, "entry"),
  rest(" ", `( value:)([^\\s\\]][^\\n\\]]*?)(?=\\]| \\w+:|$)`, "entry"),
  // map[DB_PASSWORD:hunter2 port:5432], as Go prints it.
  rest(":", `(?<=[[ ]${keyChars})(:)([^\\s\\]:/][^\\n\\]]*?)(?=\\]| [\\w.-]+:)`),
  // The data of a ConfigMap as describe prints it: key, dashes, value up to an empty line.
  rest(":", `(:\\n-{4,80}\\n)([^\\n]+(?:\\n[^\\n]+){0,100})`),
  // YAML, describe: one key a line. In double quotes it is JSON's, see above.
  rest(
    "' \t:",
    `(?='?[ \\t]{0,4}:[ \\t])(?<=^[ \\t]{0,200}(?:- |export )?'?${keyChars})('?[ \\t]{0,4}:[ \\t]+)(\\S[^\\n]*?)(?=,?$)`,
  ),
  // The same over many lines, deeper than the key.
  rest(
    "':",
    `(?<=^([ \\t]{0,200})(?:- )?'?${keyChars})('?:[ \\t]+[|>][-+0-9]{0,2}\\n\\1[ \\t]+)(\\S[^\\n]*(?:\\n\\1[ \\t]+[^\\n]*){0,200})`,
  ),
  // The same in a text that JSON holds on one line.
  rest(":", `(?=:[ \\t])(?<=(?:\\\\n|")[ \\t]{0,80}(?:- )?${keyChars})(:[ \\t]{1,20})([^\\s"'\\\\][^"\\\\\\n]*)`),
  rest(
    ":",
    `(:[ \\t]{1,20}[|>][-+0-9]{0,2}\\\\n([ \\t]{1,200}))((?:[^"\\\\\\n]|\\\\[^n\\n])+(?:\\\\n\\2(?:[^"\\\\\\n]|\\\\[^n\\n])*){0,200})`,
  ),
  // The same behind other columns or words. Prose goes on in small letters, a credential seldom does.
  rest("':", `('?:[ \\t]{1,20})(?!\\d{1,9} bytes)(?=[^\\s"']{0,200}(?-i:[A-Z0-9_!@#$%^&*+=/-]))([^\\s"'\\\\]{4,})`),
  // key=value anywhere: flags, connection strings, logs. A quote before a comma is JSON's, and not the value's.
  rest(
    "=",
    `(=)(?!=)((?:\\{\\{[^{}\\n]{0,400}\\}\\}[^\\s"'&;,)\\]{}\\\\]{0,80})+|[{[](?:["'][^"'\\n]{0,400}["'],?\\s?){1,100}[}\\]]|"(?![,:}\\]\\s])[^"\\n]+"|'(?![,:}\\]\\s])[^'"\\n]+'|\\\\["'](?![,:}\\]\\s])[^"'\\\\\\n]+|(?:["'](?![,:}\\]\\s]))?[^\\s"'&;,)\\]}\\\\]+)`,
  ),
  // Flags of a command line with the value as the next word, or the next entry of a list in JSON, YAML, describe or Go.
  rest(
    " \"'\\\n",
    `(?<=--${keyChars})([ ]{1,4}|\\\\?",\\s{0,200}\\\\?"|["']?\\n[ \\t]{0,200}(?:- )?["']?)(?!-)([^\\s"'|;\\\\]+)`,
  ),
];
export const restsByStart: ReadonlyMap<string, readonly Rest[]> = Map.groupBy(
  rests.flatMap((rest) => Array.from(rest.starts, (start) => ({ ...rest, start }))),
  ({ start }) => start,
);

/** Entries in which the value comes before the name, as people and some programs write them; read backwards from the name. */
export const valueFirst: readonly RegExp[] = [
  `(?<="value"\\s{0,8}:\\s{0,8}"((?:[^"\\\\\\n]|\\\\.)+)"\\s{0,8},\\s{0,200}"name"\\s{0,8}:\\s{0,8}"${keyChars})(?=")`,
  `(?<=value: (\\S[^\\n]*)\\n[ \\t]{0,200}name: ["']?${keyChars})(?=["']?$)`,
].map((source) => new RegExp(source, "dmy"));
