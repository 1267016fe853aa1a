// The flux toolset: what is not ready and why, and one object asked to reconcile, suspended or resumed.
import * as z from "zod";
import type { Draft } from "../domain/command.ts";
import { change, flag, oneCommand } from "./drafts.ts";
import { dryRun, namespace, objectName, reason } from "./fields.ts";
import { notReady } from "./flux-table.ts";
import { changeHints, defineTool, readHints } from "./tool.ts";

/** Our word for a kind → flux's own. */
const changing = {
  kustomization: "kustomization",
  helmrelease: "helmrelease",
  gitrepository: "source git",
  ocirepository: "source oci",
  bucket: "source bucket",
  helmrepository: "source helm",
  helmchart: "source chart",
  imagerepository: "image repository",
  imagepolicy: "image policy",
  imageupdateautomation: "image update",
  receiver: "receiver",
} as const;
const shown = { ...changing, sources: "source all", images: "image all", alert: "alert", provider: "alert-provider" };

const kindsOf = <Words extends Readonly<Record<string, string>>>(words: Words) =>
  z.enum(Object.keys(words) as (keyof Words & string)[]);

export const fluxStatus = defineTool({
  name: "flux_status",
  toolset: "flux",
  title: "Show what Flux has not made ready",
  description:
    "Without kind: one table of everything that is not ready or is suspended, and why. With kind, and name if you like: their status.",
  annotations: readHints,
  schema: z
    .strictObject({
      kind: kindsOf(shown).optional().describe("Leave out to look at everything"),
      name: objectName.optional().describe("One object's name; needs kind"),
      namespace: namespace.optional().describe("Flux's own namespace when left out"),
    })
    .refine(({ kind, name }) => name === undefined || (kind !== undefined && kind !== "sources" && kind !== "images"), {
      path: ["name"],
      message: "a name goes with one kind",
    }),
  draft: (input): Draft =>
    input.kind === undefined
      ? { action: "command", steps: [{ commandLine: notReady(input.namespace) }] }
      : oneCommand("flux", "get", shown[input.kind].split(" "), input.name ?? [], flag("namespace", input.namespace)),
});

const changeSchema = z.strictObject({
  kind: kindsOf(changing),
  name: objectName,
  namespace: namespace.optional().describe("Flux's own namespace when left out"),
  reason,
  dry_run: dryRun,
});

const changeDraft = (verb: string, input: z.output<typeof changeSchema>): Draft =>
  change(
    oneCommand("flux", verb, changing[input.kind].split(" "), input.name, flag("namespace", input.namespace)),
    input,
  );

export const fluxReconcile = defineTool({
  name: "flux_reconcile",
  toolset: "flux",
  title: "Ask Flux to apply one object now",
  description:
    "Asks Flux to fetch or apply one object now, and waits up to 40 s for it. Look with flux_status when it takes longer.",
  annotations: { ...changeHints, destructiveHint: false, idempotentHint: true },
  schema: changeSchema,
  draft: (input) => changeDraft("reconcile", input),
});

export const fluxSuspend = defineTool({
  name: "flux_suspend",
  toolset: "flux",
  title: "Suspend one Flux object",
  description: "Stops Flux from reconciling one object until flux_resume: changes in Git no longer reach the cluster.",
  annotations: { ...changeHints, idempotentHint: true },
  schema: changeSchema,
  draft: (input) => changeDraft("suspend", input),
});

export const fluxResume = defineTool({
  name: "flux_resume",
  toolset: "flux",
  title: "Resume one Flux object",
  description: "Lets Flux reconcile one suspended object again. It does not wait: look with flux_status.",
  annotations: { ...changeHints, destructiveHint: false, idempotentHint: true },
  schema: changeSchema,
  draft: (input) => changeDraft("resume", input),
});
