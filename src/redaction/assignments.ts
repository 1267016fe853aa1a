// Values of keys that name a credential: DB_PASSWORD=…, "api_key": "…", env entries of a pod. Pure; used by redact.ts.
// The key says what it is, the value may look like anything: too broad to accuse a caller of, so credential-kinds.ts
// does not use it.
import { count, type Counts, isPlaceholder, placeholder } from "./placeholder.ts";

const kind = "password";
const word =
  "(?:passw(?:or)?d|passphrase|(?<=[_.-])pwd|secret|token|api[_.-]?key|access[_.-]?key|private[_.-]?key|encryption[_.-]?key|signing[_.-]?key|credentials?)";
/** The rest of a key before its last word; looked back at only where the word and what follows it fit. */
const keyChars = "[\\w.-]{0,110}";
/** A value in double quotes, as JSON writes it; the same in a text that JSON holds. */
const quoted = '((?:[^"\\\\\\n]|\\\\.)+)(?=")';
const escaped = '([^"\\\\\\n]+)(?=\\\\)';

/**
 * What may follow the key's last word, which decides: `secretName` names no credential. Groups: what stays, then the
 * value. None begins with the key: a run of key characters costs no time, and what a template prints before a key hides
 * nothing.
 */
const patterns: readonly RegExp[] = [
  // JSON, and JSON in a JSON string.
  `("\\s{0,8}:\\s{0,8}")${quoted}`,
  `(\\\\"\\s{0,8}:\\s{0,8}\\\\")${escaped}`,
  // Entries of a container's env: name, then value. The last one is a map as Go prints it.
  `("\\s{0,8},\\s{0,200}"value"\\s{0,8}:\\s{0,8}")${quoted}`,
  `(\\\\",\\s{0,8}\\\\"value\\\\":\\s{0,8}\\\\")${escaped}`,
  `(["']?\\n[ \\t]{0,200}value: )(\\S[^\\n]*)`,
  `( value:)([^\\s\\]][^\\n\\]]*?)(?=\\]| \\w+:|$)`,
  // map[DB_PASSWORD:hunter2 port:5432], as Go prints it.
  `(?=:)(?<=[[ ]${keyChars})(:)([^\\s\\]:/][^\\n\\]]*?)(?=\\]| [\\w.-]+:)`,
  // The data of a ConfigMap as describe prints it: key, dashes, value up to an empty line.
  `(:\\n-{4,80}\\n)([^\\n]+(?:\\n[^\\n]+){0,100})`,
  // YAML, describe: one key a line. In double quotes it is JSON's, see above.
  `(?='?[ \\t]{0,4}:[ \\t])(?<=^[ \\t]{0,200}(?:- |export )?'?${keyChars})('?[ \\t]{0,4}:[ \\t]+)(\\S[^\\n]*?)(?=,?$)`,
  // The same in a text that JSON holds on one line.
  `(?=:[ \\t])(?<=(?:\\\\n|")[ \\t]{0,80}(?:- )?${keyChars})(:[ \\t]{1,20})([^\\s"'\\\\][^"\\\\\\n]*)`,
  // The same behind other columns or words. Prose goes on in small letters, a credential seldom does.
  `('?:[ \\t]{1,20})(?=[^\\s"']{0,200}(?-i:[A-Z0-9_!@#$%^&*+=/-]))([^\\s"'\\\\]{4,})`,
  // key=value anywhere: flags, connection strings, logs. A quote before a comma is JSON's, and not the value's.
  `(=)(?!=)("(?![,:}\\]\\s])[^"\\n]+"|'(?![,:}\\]\\s])[^'"\\n]+'|\\\\["'](?![,:}\\]\\s])[^"'\\\\\\n]+|(?:["'](?![,:}\\]\\s]))?[^\\s"'&;,)\\]}\\\\]+)`,
  // Flags of a command line with the value as the next word, or the next entry of a list in JSON, YAML, describe or Go.
  `(?=[ "'\\\\\\n])(?<=--${keyChars})([ ]{1,4}|\\\\?",\\s{0,200}\\\\?"|["']?\\n[ \\t]{0,200}(?:- )?["']?)(?!-)([^\\s"'|;\\\\]+)`,
].map((rest) => new RegExp(`${word}${rest}`, "imy"));

/** A Docker registry's login, in JSON and in JSON in a JSON string. */
const registryLogin = /((\\?)"auth\2"\s{0,8}:\s{0,8}\2")([A-Za-z0-9+/=]{8,})(?=\2")/g;

/** Replaces the values; the quotes round them stay, so that JSON stays JSON. One walk over the text, from word to word. */
export function redactAssignments(text: string, counts: Counts): string {
  const kept: string[] = [];
  let from = 0;
  const words = new RegExp(word, "gi");
  for (let found = words.exec(text); found !== null; found = words.exec(text)) {
    const value = valueAfter(text, found.index);
    if (value === undefined) continue;
    const quote = /^(["']).*\1$/s.exec(value.text)?.[1] ?? "";
    kept.push(text.slice(from, value.start), quote, placeholder(kind), quote);
    count(counts, kind);
    from = value.start + value.text.length;
    words.lastIndex = from;
  }
  const redacted = kept.length === 0 ? text : kept.join("") + text.slice(from);
  if (!redacted.includes("auth")) return redacted;
  return redacted.replaceAll(registryLogin, (_whole, lead: string) => {
    count(counts, kind);
    return lead + placeholder(kind);
  });
}

/** The value of the key whose last word stands at `at`, when there is one that an operator need not read. */
function valueAfter(text: string, at: number): { readonly start: number; readonly text: string } | undefined {
  for (const pattern of patterns) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    const value = match?.[2];
    if (match === null || value === undefined || isHarmless(value)) continue;
    return { start: at + match[0].length - value.length, text: value };
  }
  return undefined;
}

/** References, flags and nothing at all: an operator needs to read them, and they open nothing. */
function isHarmless(value: string): boolean {
  const bare = value.replaceAll(/^["']|["'],?$/g, "").trim();
  return (
    /^(?:|true|false|null|nil|none|yes|no|~|<[^>]{0,200}>.*|[|>][+-]?\d?|[{[].*|map\[.*|\$[({]?[\w.]+[)}]?|&\w+|\*\w*)$/i.test(
      bare,
    ) ||
    isPlaceholder(bare) ||
    bare.startsWith("[redacted:")
  );
}
