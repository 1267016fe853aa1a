// What stands as the value of a credential's key and opens nothing: references, structures, flags and nothing at all. An operator
// needs to read these. Pure; used by assignments.ts. Each form is known whole: what merely begins like one may be a password.
import { isPlaceholder } from "./placeholder.ts";

/** One of a template's own words: a value of its data, or a function with something to work on. */
const template = String.raw`\{\{-?\s*(?:[.$][\w.$]*(?:\s*\|[^{}"'\x60]*)?|(?!default\b)[a-z]\w*\s[^{}]*?)\s*-?\}\}`;
/** What people and programs write where they show no value. */
const stand =
  "none|nil|null|unset|unknown|invalid|empty|missing|omitted|computed|sensitive|redacted|hidden|masked|filtered";
/** A place to fill in, as documentation has it: nothing but words, one of which says what belongs there. */
const toFillIn = "(?:[a-z]+[ _-])*(?:your|password|passwd|token|secret|key|credentials?|value)(?:[ _-][a-z]+)*";

const words = [
  "",
  "true|false|yes|no|~",
  stand,
  String.raw`[<[(](?:${stand}|${toFillIn})[>\])]`,
  // kubectl describe, of a value that lies elsewhere.
  String.raw`<set to the key '[^'<>]{1,253}' (?:in secret|of config map) '[^'<>]{1,253}'>(?:\s+Optional: (?:true|false))?`,
  String.raw`\d{1,9} bytes`,
  // YAML: the value comes in the next lines. JSON and YAML: an object or a list begins.
  String.raw`[|>][+-]?\d?`,
  String.raw`[{[]|\{\}|\[\]`,
  `(?:${template}[-_./:@]{0,2})+`,
  String.raw`\$[({][\w.]+[)}]`,
].join("|");
/** Longer ones are structures, or none of these; so no text makes the many ways to read a template cost time. */
const maxWordChars = 1024;
const harmlessWord = new RegExp(`^(?:${words}),?$`, "i");

const structures = [
  "\\*+",
  String.raw`\[\{.*\}\]`,
  // A map: its keys say what its values are. YAML wants a space after a bare key's colon.
  String.raw`\{\s*(?:[\w./-]+:\s|"[^"]*"\s*:|'[^']*'\s*:).*\}`,
  // Go's maps; where it ends may be cut off.
  String.raw`map\[(?:\]|[\w./-]+:.*)`,
].join("|");
const harmlessStructure = new RegExp(`^(?:${structures}),?$`, "s");
/** `$NAME`, in capitals: in small letters it may be a password. */
const variable = /^\$[A-Z_][A-Z0-9_]*$/;

export function isHarmless(value: string): boolean {
  const bare = value.replaceAll(/^["']|["'],?$/g, "").trim();
  // What a diff of words took away or put in, and no list or map.
  if (bare.startsWith("[-") || bare.startsWith("{+")) return false;
  if (bare.startsWith("[redacted:") || harmlessStructure.test(bare) || isPlaceholder(bare)) return true;
  return bare.length <= maxWordChars && (harmlessWord.test(bare) || variable.test(bare));
}
