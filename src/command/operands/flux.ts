// Operands of flux: its own words for kinds, any object to trace, and what the verbs without operands read.
import type { ResourceReference } from "../../domain/command.ts";
import { type FluxKind, flagsOfKinds, fluxKinds } from "../flux/kinds.ts";
import { readFluxKinds } from "../flux/read-kinds.ts";
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

const reference = (
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
const also = (group: string, resource: string): ResourceReference => ({
  ...reference({ group, resource }, "", ""),
  secondary: true,
});

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

/** Verbs without operands. */
export function fluxReport(
  { of }: Extract<OperandKind, { kind: "flux-report" }>,
  tokens: readonly Token[],
  context: OperandContext,
): Result<OperandFacts> {
  const [extra] = tokens;
  if (extra !== undefined) return refuse(`\`flux ${of}\` takes no operands.`, extra, "leave it out");
  const { namespace } = context;
  const inside = (group: string, resource: string) => reference({ group, resource }, "", namespace);
  switch (of) {
    case "stats":
      return accept({
        ...nothing,
        resources: fluxKinds
          .filter(({ words }) => words !== "source external")
          .map((kind) => reference(kind, "", namespace)),
      });
    case "events":
      return events(context);
    case "logs":
      return logs(context);
    case "version":
      return accept({
        ...nothing,
        resources: [inside("apps", "deployments"), also("apiextensions.k8s.io", "customresourcedefinitions")],
      });
    case "check":
      return accept({
        ...nothing,
        resources: [inside("apps", "deployments"), also("apiextensions.k8s.io", "customresourcedefinitions")],
        // It asks GitHub for its own newest version, whatever it is told (pkg/manifestgen/install).
        urls: [
          {
            method: "GET",
            scheme: "https",
            host: "api.github.com",
            port: 443,
            path: "/repos/fluxcd/flux2/releases/latest",
          },
        ],
      });
  }
}

/** All events of the namespace are read; with --for also the object, what it refers to, and the events of that. */
function events({ namespace, flags, places, verb }: OperandContext): Result<OperandFacts> {
  const listed = reference({ group: "", resource: "events" }, "", namespace);
  const about = flags.get("--for")?.[0];
  if (about === undefined) return accept({ ...nothing, resources: [listed] });
  const [kind = "", name = ""] = about.split("/");
  const known = fluxKinds.find((one) => one.kind.toLowerCase() === kind.toLowerCase());
  if (known === undefined || known.words === "source external")
    return refuse("This is no kind of Flux.", places.get("--for") ?? verb, "--for=Kustomization/NAME");
  if (name === "") return accept({ ...nothing, resources: [listed] });
  const object = { ...reference(known, name, namespace), secondary: true };
  return accept({ ...nothing, resources: [listed, object, also("", "events")] });
}

/** The controllers' logs are read in Flux's own namespace; --namespace only chooses among their lines. */
function logs({ flags, fluxNamespace }: OperandContext): Result<OperandFacts> {
  const home = flags.get("--flux-namespace")?.[0] ?? fluxNamespace;
  return accept({
    ...nothing,
    resources: [
      reference({ group: "", resource: "pods" }, "", home),
      { ...reference({ group: "apps", resource: "deployments" }, "", home), secondary: true },
    ],
    asFlag: { name: "--flux-namespace", value: home },
  });
}
