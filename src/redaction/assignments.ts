// Values of keys that name a credential: DB_PASSWORD=…, "api_key": "…", env entries of a pod. Pure; used by redact.ts.
// The key says what it is, the value may look like anything: too broad to accuse a caller of, so credential-kinds.ts
// does not use it.
import { type Rest, restsByStart, valueFirst, words } from "./assignment-forms.ts";
import { isHarmless } from "./harmless.ts";
import { type Notes, replacement } from "./placeholder.ts";
import { unescaped } from "./spans.ts";

const kind = "password";
/** What may come after a name. */
const endsName: ReadonlySet<string> = new Set(['"', "'", "\n", ""]);

/** A Docker registry's login, in JSON and in JSON in a JSON string. */
const registryLogin = /((\\?)"auth\2"\s{0,8}:\s{0,8}\2")([A-Za-z0-9+/=]{8,})(?=\2")/g;

interface Value {
  readonly start: number;
  readonly text: string;
  readonly of: Rest["of"];
}

/** Replaces the values; the quotes round them stay, so that JSON stays JSON. One walk over the text, from word to word. */
export function redactAssignments(text: string, notes: Notes): string {
  const kept: string[] = [];
  let from = 0;
  words.lastIndex = 0;
  for (let found = words.exec(text); found !== null; found = words.exec(text)) {
    const end = found.index + found[0].length;
    const value = valueAfter(text, end) ?? valueBefore(text, end);
    if (value === undefined || value.start < from) continue;
    kept.push(text.slice(from, value.start), replaced(value, notes));
    from = value.start + value.text.length;
    words.lastIndex = Math.max(end, from);
  }
  const redacted = kept.length === 0 ? text : kept.join("") + text.slice(from);
  if (!redacted.includes('auth"') && !redacted.includes('auth\\"')) return redacted;
  return redacted.replaceAll(registryLogin, (_whole, lead: string) => lead + replacement(notes, kind));
}

/** A string of JSON. */
const string = /"(?:[^"\\]|\\.)*"/g;

function replaced(value: Value, notes: Notes): string {
  if (value.of === "list") return value.text.replaceAll(string, () => `"${replacement(notes, kind)}"`);
  const quote = /^(["']).*\1$/s.exec(value.text)?.[1] ?? "";
  return quote + replacement(notes, kind, shownEqual(value, quote)) + quote;
}

/** The value of the key that ends at `end`, when there is one that an operator need not read. */
function valueAfter(text: string, end: number): Value | undefined {
  for (const { pattern, of } of restsByStart.get(text.charAt(end)) ?? []) {
    pattern.lastIndex = end;
    const match = pattern.exec(text);
    const value = match?.at(-1);
    if (match === null || value === undefined || isHarmless(value)) continue;
    return { start: end + match[0].length - value.length, text: value, of };
  }
  return undefined;
}

/** The same where the key is the name in an entry, and its value comes first. */
function valueBefore(text: string, end: number): Value | undefined {
  if (!endsName.has(text.charAt(end))) return undefined;
  for (const pattern of valueFirst) {
    pattern.lastIndex = end;
    const match = pattern.exec(text);
    const start = match?.indices?.[1]?.[0];
    const value = match?.[1];
    if (start === undefined || value === undefined || isHarmless(value)) continue;
    return { start, text: value, of: "entry" };
  }
  return undefined;
}

/** Without what its printer put round it, so that it equals the same value in another place. */
function shownEqual({ text, of }: Value, quote: string): string | undefined {
  if (of !== "entry") return undefined;
  const bare = text.slice(quote.length, text.length - quote.length);
  return unescaped(bare) ?? bare;
}
