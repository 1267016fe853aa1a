// Two versions of one Kubernetes object → the fields in which they differ. Pure; used by kubectl.ts. What the API server keeps
// count of is left out, lists of named things are compared by name, and of what is redacted only that is told which is not.
import type { Difference } from "../domain/preflight.ts";
import { type Fields, fieldsAt, isFields } from "./json.ts";

export interface Compared {
  readonly differences: readonly Difference[];
  /** Fields that are the same but for what is redacted on both sides: nobody may learn here whether that is the same. */
  readonly hidden: number;
  /** Differences beyond those that are shown. */
  readonly more: number;
}

const maxDifferences = 30;
const maxTextChars = 160;
/** Deeper than any object that the API server takes. */
const maxDepth = 64;

export function compare(before: Fields, after: Fields): Compared {
  const all: Difference[] = [];
  let hidden = 0;
  const walk = (left: unknown, right: unknown, path: string, depth: number): void => {
    if (left === undefined && right === undefined) return;
    const sides = depth < maxDepth ? partsOf(left, right) : undefined;
    if (sides !== undefined) {
      for (const [key, one, other] of sides.parts) walk(one, other, sides.join(path, key), depth + 1);
      return;
    }
    const [old, next] = [textOf(left), textOf(right)];
    if (old !== undefined && next !== undefined && withoutFingerprints(old) === withoutFingerprints(next)) {
      // A placeholder that the cluster itself has, as text, is told by nothing from one that redaction put there.
      if (isRedacted(old)) hidden += 1;
      return;
    }
    all.push({
      path,
      ...(old === undefined ? {} : { before: shown(old) }),
      ...(next === undefined ? {} : { after: shown(next) }),
    });
  };
  walk(comparable(before), comparable(after), "", 0);
  return { differences: all.slice(0, maxDifferences), hidden, more: Math.max(0, all.length - maxDifferences) };
}

/** Annotations by which tools keep their own record of the object. */
const ownRecords = new Set(["kubectl.kubernetes.io/last-applied-configuration", "deployment.kubernetes.io/revision"]);
const counted = new Set(["managedFields", "resourceVersion", "generation", "uid", "creationTimestamp", "selfLink"]);

function comparable({ status: _status, ...object }: Fields): Fields {
  const metadata = fieldsAt(object, "metadata");
  return {
    ...object,
    metadata: {
      ...without(metadata, counted),
      annotations: without(fieldsAt(metadata, "annotations"), ownRecords),
    },
  };
}

const without = (fields: Fields, keys: ReadonlySet<string>): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => !keys.has(key)));

interface Parts {
  readonly parts: readonly (readonly [key: string, left: unknown, right: unknown])[];
  readonly join: (path: string, key: string) => string;
}

/** The inner fields of two maps, or the items of two lists of named things; undefined: they are compared as a whole. */
function partsOf(left: unknown, right: unknown): Parts | undefined {
  if (isFields(left) && isFields(right)) return { parts: pairs(left, right), join: joinKey };
  const named = [byName(left), byName(right)] as const;
  const [before, after] = named.includes(undefined) ? [byPlace(left, right), byPlace(right, left)] : named;
  if (before === undefined || after === undefined) return undefined;
  return { parts: pairs(before, after), join: (path, key) => `${path}[${key}]` };
}

/** Lists of the same length that hold something redacted: what stands beside it is told item by item. */
function byPlace(list: unknown, other: unknown): Fields | undefined {
  if (!Array.isArray(list) || !Array.isArray(other) || list.length !== other.length) return undefined;
  if (!isRedacted(JSON.stringify([list, other]))) return undefined;
  return Object.fromEntries(list.map((item: unknown, at) => [at, item]));
}

const joinKey = (path: string, key: string): string => {
  const word = /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? key : JSON.stringify(key);
  return path === "" ? word : `${path}.${word}`;
};

function pairs(left: Fields, right: Fields): Parts["parts"] {
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort();
  return keys.map((key) => [key, own(left, key), own(right, key)] as const);
}

const own = (fields: Fields, key: string): unknown => (Object.hasOwn(fields, key) ? fields[key] : undefined);

/** Containers, variables, volumes: things with a name that is there once. The order of variables counts for nothing here. */
function byName(value: unknown): Fields | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const named = new Map<string, unknown>();
  for (const item of value) {
    const name = isFields(item) ? item["name"] : undefined;
    if (typeof name !== "string" || named.has(name)) return undefined;
    named.set(name, item);
  }
  return Object.fromEntries(named);
}

const textOf = (value: unknown): string | undefined =>
  value === undefined ? undefined : JSON.stringify(sorted(value));

/** Maps with their keys in order, so that equal things are equal texts. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}

const isRedacted = (text: string): boolean => text.includes("[redacted:");

/** They would let a caller try values of its own against one that is there. */
const withoutFingerprints = (text: string): string =>
  text.replaceAll(/\[redacted:([a-z_0-9]{1,40}):[0-9a-f]{8}\]/g, "[redacted:$1]");

function shown(text: string): string {
  const plain = withoutFingerprints(text);
  return plain.length > maxTextChars ? `${plain.slice(0, maxTextChars).toWellFormed()}…` : plain;
}
