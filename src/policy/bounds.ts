// Bounds of what is handed to the WASM: its JSON parser and `walk` are slow on deep input, numbers are doubles there, and
// half a surrogate pair makes it throw. Called by decide.ts before every evaluation; pure.
import type { PolicyInput } from "./input.ts";

/** Largest input, bytes of JSON text. */
export const maxInputBytes = 256 * 1024;
const maxDepth = 32;
const maxItems = 512;
const maxValues = 8192;
/** Lists of which a rule may give a reason for each member: the time and memory of a refusal grow with them. */
const maxSpokenOf = 128;
/**
 * Paths of a push that policy is shown: one more than it may allow (`max_changed_paths` of policies/aisre/git), so that it
 * can say why it denies. to-input.ts cuts there.
 */
export const maxChangedPaths = 129;

/** Says what is out of bounds, or nothing. Linear in the input, stops at the first problem. */
export function findOutOfBounds(input: PolicyInput): string | undefined {
  return findLongList(input) ?? findOddValue(input);
}

function findLongList({ command, credentials, approve }: PolicyInput): string | undefined {
  const { flags = {}, namespaces = [], resources = [], programs = [], manifests = [] } = command ?? {};
  const identifiers = programs.flatMap((program) => program.identifiers);
  const said = manifests.map((one) => [one.secret_refs, one.host_namespaces, one.capabilities, one.volumes]);
  const lists = {
    flags: Object.keys(flags),
    namespaces,
    resources,
    identifiers,
    credentials,
    "facts of manifests": said.flat(2),
    "namespaces of a request": approve?.namespaces ?? [],
  };
  const long = Object.entries(lists).find(([, list]) => list.length > maxSpokenOf);
  return long === undefined ? undefined : `more than ${maxSpokenOf} ${long[0]}`;
}

function findOddValue(input: unknown): string | undefined {
  let values = 0;
  const visit = (value: unknown, depth: number): string | undefined => {
    values += 1;
    if (values > maxValues) return `more than ${maxValues} values`;
    if (typeof value === "string") return value.isWellFormed() ? undefined : "half of a surrogate pair";
    if (typeof value === "number") return Number.isSafeInteger(value) ? undefined : "a number that is no safe integer";
    if (typeof value !== "object" || value === null) return isJson(value) ? undefined : `a ${typeof value}`;
    if (depth >= maxDepth) return `more than ${maxDepth} levels`;
    const isList = Array.isArray(value);
    const keys = isList ? [] : Object.keys(value);
    if (!keys.every((key) => key.isWellFormed())) return "half of a surrogate pair";
    const items: readonly unknown[] = isList ? value : Object.values(value);
    if (items.length > maxItems) return `a list of more than ${maxItems}`;
    for (const item of items) {
      const problem = visit(item, depth + 1);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
  return visit(input, 0);
}

/** What JSON can say besides text, numbers, lists and objects; a missing optional part (undefined) is left out by it. */
function isJson(value: unknown): boolean {
  return value === null || typeof value === "boolean" || value === undefined;
}
