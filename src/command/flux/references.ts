// Resource references to objects of Flux and to what it reads besides. Used by the operand readers of flux.
import type { ResourceReference } from "../../domain/command.ts";
import type { FluxKind } from "./kinds.ts";

/** A named object, or with "" the collection, in one namespace. */
export const reference = (
  { group, resource }: Pick<FluxKind, "group" | "resource">,
  name: string,
  namespace: string,
): ResourceReference => ({
  group,
  resource,
  name,
  namespace,
  nameMatch: name === "" ? "any" : "exact",
  secondary: false,
});

/** Read or asked to reconcile besides what was named, in whatever namespace it lives. */
export const also = (group: string, resource: string): ResourceReference => ({
  ...reference({ group, resource }, "", ""),
  secondary: true,
});
