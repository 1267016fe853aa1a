// Data of Kubernetes Secrets in JSON: pretty or compact, one document or many, inside Lists, inside strings (the
// last-applied-configuration annotation), between other text, cut off at either end. Pure; used by redact.ts.
// A tolerant walk instead of JSON.parse: everything that is not replaced keeps its bytes, numbers and order included.
import { append, dataKeys, type Manifest, mayHoldSecret, merge, newManifest, settle, settleCut } from "./manifest.ts";
import type { Notes } from "./placeholder.ts";
import { replaceSpans, type Span, unescaped } from "./spans.ts";

const kind = "secret_data";
/** JSON in JSON in JSON; deeper strings escape themselves to exponential length. */
const maxNesting = 4;
/** Objects in objects that are held open; kubectl prints a tenth of it. Beyond it the outer half is settled as if cut off. */
const maxDepth = 512;

interface Scope extends Manifest {
  /** True at and below `data` and `stringData`. */
  readonly isData: boolean;
  /** True for an object whose opening brace is not in the text. */
  readonly isImplied: boolean;
  /** Direct text values of an implied object: it may be the data of the object round it. */
  readonly values: Span[];
  key: string | undefined;
  keyEnd: number;
}

const newScope = (isData: boolean, isImplied: boolean): Scope => ({
  ...newManifest(),
  isData,
  isImplied,
  values: [],
  key: undefined,
  keyEnd: -1,
});

/** Replaces the values; `isCut` says that text is missing before or after. */
export function redactJsonSecrets(text: string, notes: Notes, isCut: boolean, nesting = 0): string {
  if (!text.includes("{") && !isCut) return text;
  if (!isCut && !mayHoldSecret(text)) return text;
  const replaced: Span[] = [];
  let root = newScope(false, true);
  // The key of what a cut text begins with may have been this one.
  if (isCut) Object.assign(root, { key: "data", keyEnd: 0 });
  const open: Scope[] = [];
  const top = (): Scope => open.at(-1) ?? root;
  const marks = /["{}]/g;
  let newline = text.indexOf("\n");

  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    const at = mark.index;
    const scope = top();
    switch (mark[0]) {
      case "{":
        if (open.length >= maxDepth) for (const outer of open.splice(0, maxDepth / 2)) settleCut(outer, replaced);
        open.push(newScope(scope.isData || (dataKeys.has(scope.key ?? "") && isValue(text, scope, at)), false));
        break;
      case "}": {
        const closed = open.pop();
        if (closed === undefined) {
          // The end of an object that began before the text did.
          const outer = newScope(false, true);
          settle(root, outer, replaced);
          if (isCut) append(outer.data, root.values);
          root = outer;
        } else if (closed.isData) {
          top().data = merge(top().data, closed.data);
        } else {
          settle(closed, open.at(-1), replaced);
        }
        break;
      }
      default: {
        while (newline !== -1 && newline < at) newline = text.indexOf("\n", at);
        const lineEnd = newline === -1 ? text.length : newline;
        const end = endOfString(text, at, lineEnd);
        if (end === -1) {
          if (isCut && lineEnd === text.length) takeCutString(text, { start: at + 1, end: lineEnd }, scope, replaced);
          marks.lastIndex = lineEnd;
          break;
        }
        marks.lastIndex = end + 1;
        readString(text, { start: at + 1, end }, scope, { replaced, notes, nesting });
      }
    }
  }
  while (open.length > 0) {
    const scope = open.pop();
    if (scope === undefined) break;
    if (scope.isData) top().data = merge(top().data, scope.data);
    else if (isCut) settleCut(scope, replaced);
    else settle(scope, open.at(-1), replaced);
  }
  if (isCut) settleCut({ ...root, orphans: [] }, replaced);
  return replaceSpans(text, replaced, kind, notes);
}

interface Sinks {
  readonly replaced: Span[];
  readonly notes: Notes;
  readonly nesting: number;
}

function readString(text: string, span: Span, scope: Scope, { replaced, notes, nesting }: Sinks): void {
  if (isColonNext(text, span.end + 1)) {
    scope.key = text.slice(span.start, span.end);
    scope.keyEnd = span.end + 1;
    return;
  }
  if (scope.isData) {
    scope.data.push(span);
    return;
  }
  if (scope.isImplied) scope.values.push(span);
  if (scope.key === "kind" && isValue(text, scope, span.start - 1)) scope.kind ??= text.slice(span.start, span.end);

  const raw = text.slice(span.start, span.end);
  if (nesting >= maxNesting || !raw.includes("Secret") || !mayHoldSecret(raw)) return;
  const inner = unescaped(raw);
  const cleaned = inner === undefined ? undefined : redactJsonSecrets(inner, notes, false, nesting + 1);
  if (cleaned !== undefined && cleaned !== inner)
    replaced.push({ ...span, text: JSON.stringify(cleaned).slice(1, -1) });
}

/** The last string of a cut text: a value of some data, or JSON that may hold some. */
function takeCutString(text: string, span: Span, scope: Scope, replaced: Span[]): void {
  if (scope.isData) scope.data.push(span);
  else if (/data/i.test(text.slice(span.start))) replaced.push(span);
}

/** True when a colon comes next, after some spaces at most. */
function isColonNext(text: string, from: number): boolean {
  let at = from;
  while (at < from + 16 && /\s/.test(text.charAt(at))) at++;
  return text.charAt(at) === ":";
}

/** True when only a colon stands between the scope's last key and `at`. */
const isValue = (text: string, { keyEnd }: Scope, at: number): boolean =>
  keyEnd >= 0 && at - keyEnd <= 40 && /^\s*:\s*$/.test(text.slice(keyEnd, at));

/** The closing quote before `lineEnd`, or -1: no string of JSON goes over a line. */
function endOfString(text: string, open: number, lineEnd: number): number {
  for (let at = text.indexOf('"', open + 1); at !== -1 && at < lineEnd; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charAt(at - 1 - slashes) === "\\") slashes++;
    if (slashes % 2 === 0) return at;
  }
  return -1;
}
