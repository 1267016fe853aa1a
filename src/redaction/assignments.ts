// Values of keys that name a credential: DB_PASSWORD=…, "api_key": "…", env entries of a pod. Pure; used by redact.ts.
// The key says what it is, the value may look like anything: too broad to accuse a caller of, so credential-kinds.ts
// does not use it.
import { count, type Counts, isPlaceholder, placeholder } from "./placeholder.ts";

const kind = "password";
const word =
  "(?:passw(?:or)?d|passphrase|(?<=[_.-])pwd|secret|token|api[_.-]?key|access[_.-]?key|private[_.-]?key|encryption[_.-]?key|signing[_.-]?key|credentials?)";
/** The key's last word decides: `secretName` and `tokenExpirationSeconds` name no credential. */
const key = `[\\w.-]{0,80}?${word}`;

/** Groups: what stays, then the value. */
const patterns: readonly RegExp[] = [
  // JSON, and JSON in a JSON string.
  new RegExp(`("${key}"\\s{0,8}:\\s{0,8}")((?:[^"\\\\\\n]|\\\\.)+)(?=")`, "gi"),
  new RegExp(`(\\\\"${key}\\\\"\\s{0,8}:\\s{0,8}\\\\")([^"\\\\\\n]+)(?=\\\\)`, "gi"),
  // Entries of a container's env: name, then value.
  new RegExp(
    `("name"\\s{0,8}:\\s{0,8}"${key}"\\s{0,8},\\s{0,200}"value"\\s{0,8}:\\s{0,8}")((?:[^"\\\\\\n]|\\\\.)+)(?=")`,
    "gi",
  ),
  new RegExp(
    `(\\\\"name\\\\":\\s{0,8}\\\\"${key}\\\\",\\s{0,8}\\\\"value\\\\":\\s{0,8}\\\\")([^"\\\\\\n]+)(?=\\\\)`,
    "gi",
  ),
  new RegExp(`(^[ \\t]*(?:- )?name: ["']?${key}["']?\\n[ \\t]*value: )(\\S[^\\n]*)`, "gim"),
  // YAML, describe: one key a line. In double quotes it is JSON's, see above.
  new RegExp(`(^[ \\t]*(?:- |export )?(?:${key}|'${key}')[ \\t]{0,4}:[ \\t]+)(\\S[^\\n]*?)(?=,?$)`, "gim"),
  // The same in a text that JSON holds on one line.
  new RegExp(`((?:\\\\n|")[ \\t]{0,80}(?:- )?${key}:[ \\t]{1,20})([^\\s"'\\\\][^"\\\\\\n]*)`, "gi"),
  // key=value anywhere: flags, connection strings, logs. A quote before a comma is JSON's, and not the value's.
  new RegExp(
    `((?<![\\w.])-{0,2}${key}=)(?!=)("(?![,:}\\]\\s])[^"\\n]+"|'(?![,:}\\]\\s])[^'"\\n]+'|\\\\["'](?![,:}\\]\\s])[^"'\\\\\\n]+|(?:["'](?![,:}\\]\\s]))?[^\\s"'&;,)\\]}\\\\]+)`,
    "gi",
  ),
  // Flags of a command line with the value as the next word.
  new RegExp(`((?<![\\w.-])--${key}[ ]{1,4})(?!-)([^\\s"'|;]+)`, "gi"),
];

/** Replaces the values; the quotes round them stay, so that JSON stays JSON. */
export function redactAssignments(text: string, counts: Counts): string {
  let redacted = text;
  for (const pattern of patterns) {
    redacted = redacted.replaceAll(pattern, (whole: string, lead: string, value: string) => {
      if (isHarmless(value)) return whole;
      count(counts, kind);
      const quote = /^(["']).*\1$/s.exec(value)?.[1] ?? "";
      return `${lead}${quote}${placeholder(kind)}${quote}`;
    });
  }
  return redacted;
}

/** References, flags and nothing at all: an operator needs to read them, and they open nothing. */
function isHarmless(value: string): boolean {
  const bare = value.replaceAll(/^["']|["'],?$/g, "").trim();
  return (
    /^(?:|true|false|null|nil|none|yes|no|~|<[^>]{0,200}>.*|[|>][+-]?\d?|[{[].*|\$[({]?[\w.]+[)}]?|&\w+|\*\w*)$/i.test(
      bare,
    ) ||
    isPlaceholder(bare) ||
    bare.startsWith("[redacted:")
  );
}
