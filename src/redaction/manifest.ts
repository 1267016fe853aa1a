// What is known of one Kubernetes object while its text is read, and what becomes of its data when it ends. Used by
// json-secrets.ts and yaml-secrets.ts: `kind` comes after `data` in kubectl's output, so nothing is decided before the end.
import type { Span } from "./spans.ts";

export interface Manifest {
  kind: string | undefined;
  /** Values below its own `data` and `stringData`. */
  data: Span[];
  /** Data of objects inside it that did not say their kind: items of a SecretList. */
  orphans: Span[];
}

export const dataKeys: ReadonlySet<string> = new Set(["data", "stringData"]);

/** One look that spares most texts the walk: no Secret says its kind here, in JSON, YAML, or a string that holds either. */
export const mayHoldSecret = (text: string): boolean => /kind[\\"'\s:nrt]{1,80}Secret/.test(text);

export const newManifest = (): Manifest => ({ kind: undefined, data: [], orphans: [] });

/** Moves the spans to where they belong now that no more is known: replaced, forgotten, or up to the parent. */
export function settle({ kind, data, orphans }: Manifest, parent: Manifest | undefined, replaced: Span[]): void {
  if (kind === "Secret" || kind === "SecretList") append(replaced, data);
  if (kind === "SecretList") append(replaced, orphans);
  if (kind === undefined && parent !== undefined) parent.orphans = merge(parent.orphans, merge(data, orphans));
}

/** The same where the text was cut: an object that did not get to its kind may have been a Secret. */
export function settleCut(manifest: Manifest, replaced: Span[]): void {
  settle(manifest, undefined, replaced);
  if (manifest.kind !== undefined) return;
  append(replaced, manifest.data);
  append(replaced, manifest.orphans);
}

/**
 * Both lists in one, which one of them becomes: neither may be used afterwards. The shorter goes into the longer, so that
 * what climbs through many levels is not copied at each.
 */
export function merge(left: Span[], right: Span[]): Span[] {
  const [longer, shorter] = left.length < right.length ? [right, left] : [left, right];
  append(longer, shorter);
  return longer;
}

/** Not by spreading: an object can have more values than a call may have arguments. */
export function append(target: Span[], more: readonly Span[]): void {
  for (const span of more) target.push(span);
}
