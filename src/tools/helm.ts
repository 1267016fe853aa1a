// The helm toolset: releases, and the way back to one of their revisions. Values and manifests are never shown.
import * as z from "zod";
import { change, flag, oneCommand } from "./drafts.ts";
import { dryRun, namespace, objectName, reason } from "./fields.ts";
import { changeHints, defineTool, readHints } from "./tool.ts";

const release = objectName.max(53);

export const helmList = defineTool({
  name: "helm_list",
  toolset: "helm",
  title: "List Helm releases",
  description: "Lists the releases of one namespace with status, chart and revision.",
  annotations: readHints,
  schema: z.strictObject({ namespace: namespace.optional() }),
  draft: (input) => oneCommand("helm", "list", flag("namespace", input.namespace)),
});

export const helmStatus = defineTool({
  name: "helm_status",
  toolset: "helm",
  title: "Show one Helm release",
  description: "Shows status, revision, objects and notes of one release. Look here after helm_rollback.",
  annotations: readHints,
  schema: z.strictObject({ release, namespace: namespace.optional() }),
  draft: (input) => oneCommand("helm", "status", input.release, flag("namespace", input.namespace)),
});

export const helmHistory = defineTool({
  name: "helm_history",
  toolset: "helm",
  title: "List a Helm release's revisions",
  description: "Lists the revisions of one release: when, what, and how each ended. Look here before helm_rollback.",
  annotations: readHints,
  schema: z.strictObject({ release, namespace: namespace.optional() }),
  draft: (input) => oneCommand("helm", "history", input.release, "--max=20", flag("namespace", input.namespace)),
});

export const helmRollback = defineTool({
  name: "helm_rollback",
  toolset: "helm",
  title: "Roll a Helm release back",
  description:
    "Rolls one release back to one revision, which helm_history lists. It does not wait for the objects: look with helm_status.",
  annotations: changeHints,
  schema: z.strictObject({
    release,
    revision: z.int().min(1).max(999_999).describe("The revision to go back to"),
    namespace: namespace.optional(),
    reason,
    dry_run: dryRun,
  }),
  draft: (input) =>
    change(
      oneCommand(
        "helm",
        "rollback",
        input.release,
        String(input.revision),
        flag("namespace", input.namespace),
        flag("dry-run", input.dry_run === true ? "server" : undefined),
      ),
      input,
    ),
});
