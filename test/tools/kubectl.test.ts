// The kubectl tools: each builds one argv, and what it builds is understood.
import { describe, expect, it } from "vitest";
import { understand } from "../../src/command/understand.ts";
import { catalog, findTool } from "../../src/tools/catalog.ts";
import { readArguments } from "../../src/tools/read-arguments.ts";

function draftOf(name: string, raw: unknown) {
  const tool = findTool(name);
  if (tool === undefined) throw new Error(`no tool ${name}`);
  const read = readArguments(tool, raw);
  if (!read.ok) throw new Error(read.message);
  return read.draft;
}

const workload = { resource: "deploy", name: "web", namespace: "default" };
const manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n";

const table: readonly (readonly [name: string, raw: object, argv: string])[] = [
  ["kubectl_get", { resource: "pods" }, "get --namespace=default --request-timeout=30s pods"],
  ["kubectl_describe", { resource: "po", name: "a" }, "describe --namespace=default --request-timeout=30s pods a"],
  ["kubectl_events", {}, "events --namespace=default --request-timeout=30s"],
  ["kubectl_events", { name: "web-1" }, "events --namespace=default --request-timeout=30s --for=pod/web-1"],
  ["kubectl_events", workload, "events --namespace=default --request-timeout=30s --for=deploy/web"],
  [
    "kubectl_top",
    { resource: "pods", selector: "app=web" },
    "top pods --namespace=default --request-timeout=30s --selector=app=web",
  ],
  ["kubectl_top", { resource: "nodes", name: "n1" }, "top nodes n1 --request-timeout=30s"],
  [
    "kubectl_rollout_status",
    workload,
    "rollout status --namespace=default --request-timeout=30s --timeout=25s deployments.apps web",
  ],
  [
    "kubectl_rollout_history",
    workload,
    "rollout history --namespace=default --request-timeout=30s deployments.apps web",
  ],
  [
    "kubectl_rollout_restart",
    workload,
    "rollout restart --namespace=default --request-timeout=30s --field-manager=ai-sre deployments.apps web",
  ],
  [
    "kubectl_rollout_undo",
    { ...workload, to_revision: 2, dry_run: true },
    "rollout undo --namespace=default --request-timeout=30s --to-revision=2 --dry-run=server deployments.apps web",
  ],
  [
    "kubectl_scale",
    { ...workload, replicas: 3 },
    "scale --namespace=default --request-timeout=30s --replicas=3 deployments.apps web",
  ],
  [
    "kubectl_scale",
    { ...workload, replicas: 0, dry_run: true },
    "scale --namespace=default --request-timeout=30s --replicas=0 --dry-run=server deployments.apps web",
  ],
  [
    "kubectl_delete_pod",
    { name: "a", dry_run: true },
    "delete --namespace=default --request-timeout=30s --wait=false --dry-run=server pods a",
  ],
  [
    "kubectl_apply",
    { manifest },
    "apply --namespace=default --request-timeout=30s --field-manager=ai-sre --validate=strict --filename=-",
  ],
  [
    "kubectl_apply",
    { manifest, dry_run: true },
    "apply --namespace=default --request-timeout=30s --field-manager=ai-sre --validate=strict --filename=- --dry-run=server",
  ],
];

describe("the kubectl tools", () => {
  it.each(table)("%s %j runs kubectl %s", (name, raw, argv) => {
    const understood = understand(draftOf(name, raw), {
      fluxNamespace: "flux-system",
      defaultNamespace: "default",
      kinds: [],
    });
    if (!understood.ok) throw new Error(understood.refusal.message);
    expect(understood.plan.steps.flatMap(({ stages }) => stages.map((stage) => stage.argv.join(" ")))).toEqual([
      `kubectl ${argv}`,
    ]);
  });

  it("take a reason and a dry run when they change something, and say so in the draft", () => {
    for (const { name, argumentNames, annotations, toolset } of catalog) {
      if (toolset !== "kubectl") continue;
      const asks = ["reason", "dry_run"].filter((argument) => argumentNames.includes(argument));
      expect([name, asks]).toEqual([name, annotations.readOnlyHint ? [] : ["reason", "dry_run"]]);
    }
    const raw = { ...workload, replicas: 2, reason: "load", dry_run: true };
    expect(draftOf("kubectl_scale", raw)).toMatchObject({ reason: "load", dryRun: true });
  });

  it("give the manifest as standard input, as it came", () => {
    expect(draftOf("kubectl_apply", { manifest }).steps).toEqual([
      { argv: ["kubectl", "apply", "--filename=-"], stdin: manifest },
    ]);
  });

  it.each([
    ["kubectl_events", { resource: "deploy" }],
    ["kubectl_top", { resource: "deployments" }],
    ["kubectl_scale", { ...workload }],
    ["kubectl_scale", { ...workload, replicas: "3" }],
    ["kubectl_scale", { ...workload, replicas: -1 }],
    ["kubectl_scale", { ...workload, replicas: 2.5 }],
    ["kubectl_rollout_undo", { ...workload, to_revision: 0 }],
    ["kubectl_rollout_status", { resource: "deploy/web", name: "web" }],
    ["kubectl_apply", { manifest: "" }],
    ["kubectl_apply", { manifest: { kind: "ConfigMap" } }],
  ])("%s refuses %j and names the field", (name, raw) => {
    expect(() => draftOf(name, raw)).toThrow(/^`[a-z_]+`: /);
  });
});
