// Operands that name objects of the cluster: lists of types and names for get and describe, exactly one for what changes.
import type { ResourceReference } from "../../domain/command.ts";
import type { OperandKind } from "../grammar/types.ts";
import { describeReferences, readReferences, renderReferences, revisionsOf, secondary } from "../kubectl/references.ts";
import { qualified } from "../kubectl/resources.ts";
import { accept, refuse, type Result, type Token } from "../refusal.ts";
import { isObjectName } from "../values.ts";
import { nothing, type OperandContext, type OperandFacts } from "./facts.ts";

/** TYPE, TYPE NAME… or TYPE/NAME…; where the verb changes something, exactly one object of a fitting type. */
export function resources(
  kind: Extract<OperandKind, { kind: "resources" }>,
  tokens: readonly Token[],
  { verb, kinds, namespace, allNamespaces, flags }: OperandContext,
): Result<OperandFacts> {
  const references = readReferences(tokens, verb, kinds, namespace);
  if (!references.ok) return references;
  const named = references.value.some(({ name }) => name !== "");
  if (named && (flags.has("--selector") || flags.has("--field-selector") || allNamespaces)) {
    return refuse("A name and a selector (or all namespaces) exclude each other.", tokens[1] ?? verb, "leave one out");
  }
  if (kind.one !== undefined) {
    const one = exactlyOne(references.value, kind.one.types, tokens, verb);
    if (!one.ok || kind.revisions !== true) return one;
    return accept({
      ...one.value,
      resources: [...one.value.resources, ...revisionsOf(one.value.resources, kinds, namespace)],
    });
  }
  const read = kind.describes === true ? describeReferences(references.value, kinds, namespace) : references.value;
  return accept({ ...nothing, operands: renderReferences(references.value), resources: read });
}

/** Exactly one object, of one of `types` where they are given. */
export function exactlyOne(
  references: readonly ResourceReference[],
  types: readonly string[] | undefined,
  tokens: readonly Token[],
  verb: Token,
): Result<OperandFacts> {
  const [one, second] = references;
  if (one === undefined || one.name === "" || second !== undefined) {
    return refuse("Name exactly one object.", tokens[1] ?? tokens[0] ?? verb, `${types?.[0] ?? "TYPE"} NAME`);
  }
  const fits = types?.includes(one.resource) !== false && (types === undefined || /^(apps)?$/.test(one.group));
  if (!fits)
    return refuse(`Only ${types?.join(", ") ?? ""} can be named here.`, tokens[0], `${types?.[0] ?? "TYPE"} NAME`);
  return accept({ ...nothing, operands: renderReferences([one]), resources: [one] });
}

/** `logs POD`, `logs TYPE/NAME` or `logs --selector=…`; a workload's log is read from one of its pods. */
export function logs(
  tokens: readonly Token[],
  { verb, kinds, namespace, flags }: OperandContext,
): Result<OperandFacts> {
  const [target, extra] = tokens;
  const pods = secondary("pods", kinds, namespace);
  if (extra !== undefined)
    return refuse("Name one pod; the container goes into --container.", extra, "--container=NAME");
  if (target === undefined) {
    if (!flags.has("--selector"))
      return refuse("Name a pod, TYPE/NAME, or give --selector.", verb, "kubectl logs web-1");
    return accept({ ...nothing, resources: [{ ...pods, secondary: false }] });
  }
  if (flags.has("--selector")) return refuse("A name and a selector exclude each other.", target, "leave one out");
  if (!target.text.includes("/")) {
    if (!isObjectName(target.text)) return refuse("This is no pod's name.", target);
    const pod = { ...pods, name: target.text, nameMatch: "exact" as const, secondary: false };
    return accept({ ...nothing, operands: [target.text], resources: [pod] });
  }
  const references = readReferences([target], verb, kinds, namespace);
  if (!references.ok) return references;
  const [one] = references.value;
  if (one === undefined) return refuse("Name a pod.", target);
  if (one.group === "" && one.resource === "pods")
    return accept({ ...nothing, operands: [one.name], resources: [one] });
  return accept({ ...nothing, operands: [`${qualified(one)}/${one.name}`], resources: [one, pods] });
}
