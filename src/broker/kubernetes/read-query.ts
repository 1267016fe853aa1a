// The query of a Kubernetes request, read once and written anew, so that the API server cannot read it differently. Used by
// check.ts. Every key stands there once and is one of the few that our programs send.

export type Query = ReadonlyMap<string, string>;

const reading = ["labelSelector", "fieldSelector", "limit", "continue", "timeout", "timeoutSeconds", "includeObject"];
const watching = ["watch", "allowWatchBookmarks", "resourceVersion", "resourceVersionMatch", "sendInitialEvents"];
const logging = [
  "container",
  "previous",
  "sinceSeconds",
  "sinceTime",
  "timestamps",
  "tailLines",
  "limitBytes",
  "follow",
];
const writing = ["dryRun", "fieldManager", "fieldValidation", "force"];
const known = new Set([...reading, ...watching, ...logging, ...writing, "hash"]);

/** Undefined for an unknown key, and for one that stands there twice. */
export function readQuery(text: string): Query | undefined {
  const query = new Map<string, string>();
  for (const [key, value] of new URLSearchParams(text)) {
    if (!known.has(key) || query.has(key)) return undefined;
    query.set(key, value);
  }
  return query;
}

/** `?a=b`, or nothing. */
export function writeQuery(query: Query): string {
  const text = new URLSearchParams([...query]).toString();
  return text === "" ? "" : `?${text}`;
}

/** Terms of a selector: commas inside `in (…)` part nothing. */
export function termsOf(selector: string): readonly string[] {
  const terms: string[] = [""];
  let depth = 0;
  for (const character of selector) {
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (character === "," && depth === 0) terms.push("");
    else terms.push(`${terms.pop() ?? ""}${character}`);
  }
  return terms.map((term) => term.trim());
}
