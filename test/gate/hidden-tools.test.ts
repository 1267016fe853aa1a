// A tool that tools/list does not show to a principal is never allowed to it, whatever the site says.
import { describe, expect, it } from "vitest";
import type { Role } from "../../src/domain/principal.ts";
import type { SiteLayer } from "../../src/policy/site-data.ts";
import { catalog } from "../../src/tools/catalog.ts";
import { ask } from "../approval/setup.ts";
import { never, type OpenGate, openGate, toCall } from "./setup.ts";

/** The repository that git and gh are about; its work tree is another test's (test/workspace). */
const about: SiteLayer = { repositories: ["o/r"] };
const needsRepository = (name: string): boolean => /^(git|gh)_/.test(name);

describe("a hidden tool", () => {
  const good: Readonly<Record<string, unknown>> = {
    kubectl_get: { resource: "pods" },
    kubectl_describe: { resource: "pod", name: "web-1" },
    kubectl_logs: { name: "web-1" },
    kubectl_events: { name: "web-1" },
    kubectl_top: { resource: "pods" },
    kubectl_rollout_status: { resource: "deploy", name: "web" },
    kubectl_rollout_history: { resource: "deploy", name: "web" },
    kubectl_rollout_restart: { resource: "deploy", name: "web" },
    kubectl_rollout_undo: { resource: "deploy", name: "web" },
    kubectl_scale: { resource: "deploy", name: "web", replicas: 2 },
    kubectl_apply: { manifest: "{apiVersion: v1, kind: ConfigMap, metadata: {name: web}}" },
    kubectl_delete_pod: { name: "web-1" },
    prometheus_query: { promql: "up" },
    prometheus_query_range: { promql: "up", start: "0", end: "60", step: "30s" },
    alertmanager_alerts: {},
    flux_status: {},
    flux_reconcile: { kind: "kustomization", name: "apps" },
    flux_suspend: { kind: "helmrelease", name: "web" },
    flux_resume: { kind: "helmrelease", name: "web" },
    helm_list: {},
    helm_status: { release: "web" },
    helm_history: { release: "web" },
    helm_rollback: { release: "web", revision: 2 },
    git_status: {},
    git_log: {},
    git_diff: {},
    git_pull: {},
    git_commit: { message: "x", changes: [{ path: "a", content: "b" }], branch: "ai-sre/x" },
    git_push: { commit: "0".repeat(40), branch: "ai-sre/x" },
    gh_pr_list: {},
    gh_pr_view: { number: 1 },
    gh_pr_checks: { number: 1 },
    gh_run_list: {},
    gh_pr_create: { title: "x", description: "y", branch: "ai-sre/x" },
    cli_tool: { command: "kubectl get pods" },
    run_batch: { steps: [{ tool_name: "kubectl_get", arguments: { resource: "pods" } }] },
    preflight: { tool_name: "kubectl_get", arguments: { resource: "pods" } },
    health_check: {},
    approval_decide: { verdict: "deny" },
  };
  /** A verdict needs a request that this very gate made, for somebody else. */
  const argumentsOf = async ({ ports }: OpenGate, name: string): Promise<unknown> =>
    name === "approval_decide" ? { ...Object(good[name]), request: (await ask(ports.approvals)).request } : good[name];
  const holders: readonly (readonly Role[])[] = [
    [],
    ["viewer"],
    ["operator"],
    ["approver"],
    ["admin"],
    ["viewer", "approver"],
  ];
  /** Every toolset, also those that are not listed by default. */
  const toolsets = [...new Set(catalog.map(({ toolset }) => toolset))];
  const sites: readonly SiteLayer[] = [{}, { toolsets: ["server"] }, { toolsets: ["kubectl"] }, { mode: "frozen" }];

  it("has an example of every tool in this test", () => {
    expect(Object.keys(good).sort()).toEqual(catalog.map(({ name }) => name).sort());
  });

  it.each(holders.flatMap((roles) => sites.map((site) => [roles, site] as const)))(
    "is never allowed to %j under %j",
    async (roles, site) => {
      const open = openGate({ site: { ...about, ...site } });
      const { gate, starts } = open;
      const listed = gate.visible({ id: "n8n", roles, authenticatedBy: "bearer" });
      for (const { name } of catalog) {
        if (listed.has(name)) continue;
        const given = await argumentsOf(open, name);
        expect((await gate.call(toCall(name, given, { roles }), never())).code).toBe("denied");
      }
      expect(starts()).toEqual([]);
    },
  );

  it("is what the roles say: a viewer sees no change, an approver decides", () => {
    const { gate } = openGate({ site: { toolsets } });
    const listed = (roles: readonly Role[]) =>
      [...gate.visible({ id: "n8n", roles, authenticatedBy: "bearer" })].sort();
    const reads = catalog.filter(({ name, annotations }) => annotations.readOnlyHint || name === "cli_tool");
    const verdicts = ["approval_decide", "health_check"];
    expect(listed(["operator"])).toEqual(
      Object.keys(good)
        .filter((name) => name !== "approval_decide")
        .sort(),
    );
    expect(listed(["viewer"])).toEqual(reads.map(({ name }) => name).sort());
    expect(listed(["approver"])).toEqual(verdicts);
  });

  it("is allowed to those who see it: the examples are good ones", async () => {
    const open = openGate({ site: { toolsets } });
    for (const { name } of catalog) {
      if (needsRepository(name)) continue;
      // Some wait for a person, and some for a program that is not there: policy allows them all.
      const who = name === "approval_decide" ? ({ id: "alice", roles: ["approver"] } as const) : {};
      const { decision, reasons } = await open.gate.call(toCall(name, await argumentsOf(open, name), who), never());
      expect({ name, effect: decision.effect }, JSON.stringify(reasons)).toEqual({ name, effect: "allow" });
    }
  });
});
