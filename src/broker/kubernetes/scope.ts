// Whether an object or collection is one that the model names or reads besides. Pure; used by check.ts. Reads the Command alone.
import type { Command, ResourceReference } from "../../domain/command.ts";
import type { Operation } from "./operation.ts";
import type { ObjectPath } from "./read-path.ts";
import { type Query, termsOf } from "./read-query.ts";

export interface Wanted {
  readonly operation: Operation;
  readonly path: ObjectPath;
  readonly query: Query;
}

export const kindOf = ({ group, resource }: { readonly group: string; readonly resource: string }): string =>
  group === "" ? resource : `${resource}.${group}`;

/** For messages: `pods/web-1 in default`. */
export const nameOf = ({ namespace, name, ...kind }: Omit<ObjectPath, "kind">): string =>
  `${kindOf(kind)}${name === "" ? "" : `/${name}`}${namespace === "" ? "" : ` in ${namespace}`}`;

/** Never opened by a wildcard, and never by what is merely read besides. */
const guarded = new Set(["secrets", "leases.coordination.k8s.io"]);
/** What stands in no namespace and is read besides all the same. */
const clusterWide = new Set(["nodes", "customresourcedefinitions.apiextensions.k8s.io"]);
/** A list over all namespaces that the model says the verb makes, and that was judged for no namespace (describe node ⇒ pods). */
export const isForeseen = ({ resources }: Command, { operation, path }: Wanted): boolean =>
  operation === "list" &&
  path.namespace === "" &&
  !guarded.has(kindOf(path)) &&
  resources.some((one) => one.secondary && one.namespace === "" && kindOf(one) === kindOf(path));

/** Where nodes renew their leases. */
const nodeLeases = "kube-node-lease";

/** The references that open this object or collection, in the place where it lies. */
export const openedBy = (command: Command, path: ObjectPath): readonly ResourceReference[] =>
  command.resources.filter((reference) => isKind(reference, path) && liesIn(command, reference, path));

/** Whether it is a read of what the references name. */
export function readsNamed(references: readonly ResourceReference[], { operation, path, query }: Wanted): boolean {
  return references.some(({ name, nameMatch }) => {
    switch (operation) {
      case "get":
        return nameMatch === "exact" ? path.name === name : path.name.startsWith(name);
      case "list":
      case "watch":
        return nameMatch !== "exact" || termsOf(query.get("fieldSelector") ?? "").includes(`metadata.name=${name}`);
      case "create":
      case "update":
      case "patch":
      case "delete":
        return false;
    }
  });
}

function isKind(reference: ResourceReference, path: ObjectPath): boolean {
  const kind = kindOf(path);
  if (reference.group === "*") return !guarded.has(kind);
  return kindOf(reference) === kind && !(guarded.has(kind) && reference.secondary);
}

function liesIn(command: Command, { namespace, secondary, group }: ResourceReference, path: ObjectPath): boolean {
  if (namespace !== "") {
    // What a chart made outside of every namespace is looked at by its name only.
    if (group === "*" && path.namespace === "") return path.name !== "";
    return path.namespace === namespace;
  }
  if (command.allNamespaces) return true;
  if (!secondary) return path.namespace === "";
  // Read besides, bounded by no namespace: flux looks wherever its objects point; kubectl would look into every namespace.
  if (command.binary === "flux") return true;
  return path.namespace === "" ? clusterWide.has(kindOf(path)) : isDescribed(command, path.namespace);
}

/** `describe namespace NAME` reads quotas and limits inside it. */
const isDescribed = ({ resources }: Command, namespace: string): boolean =>
  resources.some(
    ({ group, resource, name, secondary }) =>
      !secondary && group === "" && resource === "namespaces" && (name === "" || name === namespace),
  );

/** `describe node NAME` reads the node's lease, by its name. */
export const isLeaseOfNode = ({ resources }: Command, { operation, path }: Wanted): boolean =>
  operation === "get" &&
  kindOf(path) === "leases.coordination.k8s.io" &&
  path.namespace === nodeLeases &&
  path.subresource === "" &&
  resources.some((one) => kindOf(one) === "leases.coordination.k8s.io") &&
  resources.some((one) => !one.secondary && kindOf(one) === "nodes" && path.name.startsWith(one.name));
