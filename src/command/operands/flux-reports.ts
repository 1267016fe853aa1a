// What the verbs of flux without operands read: stats, events, logs, check, version. Called by operands.ts.
import { fluxKinds } from "../flux/kinds.ts";
import { also, reference } from "../flux/references.ts";
import type { OperandKind } from "../grammar/types.ts";
import { accept, refuse, type Result, type Token } from "../refusal.ts";
import { nothing, type OperandContext, type OperandFacts } from "./facts.ts";

/** No operands; the resources hang on the verb, for events and logs on its flags. */
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
