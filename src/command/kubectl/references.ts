// kubectl's operands: TYPE, TYPE NAME…, TYPE/NAME… → resource references, canonical, with explicit namespaces.
import type { ResourceKind, ResourceReference } from "../../domain/command.ts";
import { accept, refuse, type Result, type Token } from "../refusal.ts";
import { isObjectName } from "../values.ts";
import { alsoDescribed } from "./resource-table.ts";
import { type KindTable, qualified, readType, readTypes } from "./resources.ts";

/** The namespace that a namespaced reference gets. */
export type Namespace = string;

export function readReferences(
  operands: readonly Token[],
  verb: Token,
  table: KindTable,
  namespace: Namespace,
): Result<readonly ResourceReference[]> {
  const [head, ...names] = operands;
  if (head === undefined) return refuse("A resource type is missing.", verb, "e.g. pods, deployments.apps, nodes");
  if (head.text.includes("/")) return readPairs(operands, table, namespace);
  const kinds = readTypes(head.text, head, table);
  if (!kinds.ok) return kinds;
  const references: ResourceReference[] = [];
  for (const kind of kinds.value) {
    if (names.length === 0) references.push(reference(kind, "", namespace));
    for (const name of names) {
      if (!isObjectName(name.text)) return badName(name);
      references.push(reference(kind, name.text, namespace));
    }
  }
  return unique(references, head);
}

/** TYPE/NAME, each operand its own. */
function readPairs(
  operands: readonly Token[],
  table: KindTable,
  namespace: Namespace,
): Result<readonly ResourceReference[]> {
  const references: ResourceReference[] = [];
  for (const operand of operands) {
    const [type = "", name = "", ...rest] = operand.text.split("/");
    if (rest.length > 0 || type === "" || name === "")
      return refuse("Write TYPE/NAME, once, for every object.", operand, "pods/web-1");
    const kind = readType(type, operand, table);
    if (!kind.ok) return kind;
    if (!isObjectName(name)) return badName(operand);
    references.push(reference(kind.value, name, namespace));
  }
  return unique(references, operands[0]);
}

const badName = (token: Token) => refuse("This is no object's name: lower-case letters, digits, `-` and `.`.", token);

function unique(
  references: readonly ResourceReference[],
  token: Token | undefined,
): Result<readonly ResourceReference[]> {
  const seen = new Set(references.map((one) => `${qualified(one)}/${one.name}`));
  return seen.size === references.length
    ? accept(references)
    : refuse("An object is named twice.", token, "name it once");
}

export const reference = (
  { group, resource, namespaced }: ResourceKind,
  name: string,
  namespace: Namespace,
): ResourceReference => ({
  group,
  resource,
  name,
  namespace: namespaced ? namespace : "",
  nameMatch: name === "" ? "any" : "exact",
  secondary: false,
});

/**
 * `kubectl describe` matches by prefix when the name does not exist, and reads related objects: those of a cluster-scoped
 * object in every namespace, whatever else is described beside it.
 */
export function describeReferences(references: readonly ResourceReference[], table: KindTable, namespace: Namespace) {
  const named = references.map((one) => (one.name === "" ? one : { ...one, nameMatch: "prefix" as const }));
  const related = new Set(["events", ...references.flatMap(({ resource }) => alsoDescribed.get(resource) ?? [])]);
  const where = references.some((one) => one.namespace === "") ? "" : namespace;
  return [...named, ...[...related].map((type) => secondary(type, table, where))];
}

/** Where a workload's earlier revisions are kept: `rollout history` and `rollout undo` read them. */
export const revisionsOf = (references: readonly ResourceReference[], table: KindTable, namespace: Namespace) =>
  references.map(({ resource }) =>
    secondary(resource === "deployments" ? "replicasets.apps" : "controllerrevisions.apps", table, namespace),
  );

/** A collection that a verb reads besides what was named. */
export function secondary(type: string, table: KindTable, namespace: Namespace): ResourceReference {
  const [name = "", ...group] = type.split(".");
  const kind = (table.get(name) ?? []).find((candidate) => candidate.group === group.join("."));
  if (kind === undefined) throw new Error(`the resource table lacks ${type}`);
  return { ...reference(kind, "", namespace), secondary: true };
}

/** `pods web-1 web-2` for one type, `TYPE/NAME…` for several, `a,b` for collections. Secondary reads are not rendered. */
export function renderReferences(references: readonly ResourceReference[]): readonly string[] {
  const shown = references.filter((one) => !one.secondary);
  const types = new Set(shown.map(qualified));
  if (shown.every(({ name }) => name === "")) return types.size === 0 ? [] : [[...types].join(",")];
  const [type] = types;
  if (types.size === 1 && type !== undefined) return [type, ...shown.map(({ name }) => name)];
  return shown.map((one) => `${qualified(one)}/${one.name}`);
}
