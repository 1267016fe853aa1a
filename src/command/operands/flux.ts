// Operands of flux: its own words for kinds, and any object to trace.
import type { ResourceReference } from "../../domain/command.ts";
import { flagsOfKinds, fluxKinds } from "../flux/kinds.ts";
import { readFluxKinds } from "../flux/read-kinds.ts";
import { also, reference } from "../flux/references.ts";
import type { OperandKind } from "../grammar/types.ts";
import { readReferences, renderReferences } from "../kubectl/references.ts";
import { accept, refuse, type Result, type Token } from "../refusal.ts";
import { isObjectName } from "../values.ts";
import { nothing, type OperandContext, type OperandFacts } from "./facts.ts";

/** KIND [NAME]: `kustomization apps`, `source git`, for get also `all` and `source all`. */
export function fluxObjects(
  { verb, one }: Extract<OperandKind, { kind: "flux-objects" }>,
  tokens: readonly Token[],
  context: OperandContext,
): Result<OperandFacts> {
  const read = readFluxKinds(tokens, verb, context.verb);
  if (!read.ok) return read;
  const { words, kinds, rest } = read.value;
  const [name, extra] = rest;
  for (const [flag, fitting] of Object.entries(flagsOfKinds)) {
    if (context.flags.has(flag) && !fitting.includes(words))
      return refuse(`\`${flag}\` belongs to ${fitting.join(", ")}.`, context.places.get(flag), "leave it out");
  }
  if (extra !== undefined) return refuse("Name one object.", extra, "one call per object");
  if (name === undefined && one === true)
    return refuse("Name the object.", tokens.at(-1) ?? context.verb, `flux ${verb} ${words} NAME`);
  if (name !== undefined && !isObjectName(name.text)) return refuse("This is no object's name.", name);
  if (name !== undefined && (kinds.length > 1 || context.allNamespaces || context.flags.has("--label-selector")))
    return refuse("A name goes with one kind, in one namespace, without a selector.", name, "leave one out");
  const named = kinds.map((kind) => reference(kind, name?.text ?? "", context.namespace));
  return accept({
    ...nothing,
    operands: [...words.split(" "), ...(name === undefined ? [] : [name.text])],
    resources: [...named, ...besides(verb, words, context)],
  });
}

function besides(verb: string, words: string, { flags }: OperandContext): readonly ResourceReference[] {
  // The tree goes into HelmReleases, and finds what they installed in helm's storage.
  if (verb === "tree") {
    return [
      also("helm.toolkit.fluxcd.io", "helmreleases"),
      also("apiextensions.k8s.io", "customresourcedefinitions"),
      also("", "secrets"),
    ];
  }
  const withSource = flags.get("--with-source")?.[0] === "true";
  return verb === "reconcile" && withSource && words !== "all" ? sources() : [];
}

const sources = (): readonly ResourceReference[] =>
  fluxKinds.filter(({ words }) => words.startsWith("source ")).map(({ group, resource }) => also(group, resource));

/** TYPE NAME or TYPE/NAME of one object; its owners, and the Flux objects that manage it, are read besides. */
export function fluxTrace(tokens: readonly Token[], { verb, kinds, namespace }: OperandContext): Result<OperandFacts> {
  const references = readReferences(tokens, verb, kinds, namespace);
  if (!references.ok) return references;
  const [one, second] = references.value;
  if (one === undefined || one.name === "" || second !== undefined)
    return refuse("Name exactly one object.", tokens[1] ?? tokens[0] ?? verb, "flux trace deployment NAME");
  const managers = fluxKinds
    .filter(({ words }) => ["kustomization", "helmrelease"].includes(words) || words.startsWith("source "))
    .map(({ group, resource }) => also(group, resource));
  return accept({ ...nothing, operands: renderReferences([one]), resources: [one, ...managers] });
}
