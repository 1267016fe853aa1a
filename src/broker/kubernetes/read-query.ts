// The query of a Kubernetes request, read once and written anew, so that the API server cannot read it differently. Used by
// check.ts. Every key stands there once and is one of the few that our programs send.

export type Query = ReadonlyMap<string, string>;

const list = (names: string): readonly string[] => names.split(" ");
const everywhere = "timeout";
const selecting = "labelSelector fieldSelector limit continue timeoutSeconds includeObject";
const watching = "watch allowWatchBookmarks resourceVersion resourceVersionMatch sendInitialEvents";
const logging = "container previous sinceSeconds sinceTime timestamps tailLines limitBytes follow";
const changing = "dryRun fieldManager fieldValidation force";

/** What each kind of request may say behind its `?`. */
const keys = {
  discovery: new Set(list(`${everywhere} hash`)),
  read: new Set(list(`${everywhere} ${selecting} ${watching}`)),
  log: new Set(list(`${everywhere} ${logging}`)),
  change: new Set(list(`${everywhere} ${changing}`)),
} as const;

export const queryFits = (query: Query, kind: keyof typeof keys): boolean =>
  [...query.keys()].every((key) => keys[kind].has(key));

/** Undefined when a key stands there twice. */
export function readQuery(text: string): Query | undefined {
  const query = new Map<string, string>();
  for (const [key, value] of new URLSearchParams(text)) {
    if (query.has(key)) return undefined;
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
