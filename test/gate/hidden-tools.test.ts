// A tool that tools/list does not show to a principal is never allowed to it, whatever the site says.
import { describe, expect, it } from "vitest";
import type { Role } from "../../src/domain/principal.ts";
import type { SiteLayer } from "../../src/policy/site-data.ts";
import { catalog } from "../../src/tools/catalog.ts";
import { never, openGate, toCall } from "./setup.ts";

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
    cli_tool: { command: "kubectl get pods" },
    health_check: {},
  };
  const holders: readonly (readonly Role[])[] = [
    [],
    ["viewer"],
    ["operator"],
    ["approver"],
    ["admin"],
    ["viewer", "approver"],
  ];
  const sites: readonly SiteLayer[] = [{}, { toolsets: ["server"] }, { toolsets: ["kubectl"] }, { mode: "frozen" }];

  it("has an example of every tool in this test", () => {
    expect(Object.keys(good).sort()).toEqual(catalog.map(({ name }) => name).sort());
  });

  it.each(holders.flatMap((roles) => sites.map((site) => [roles, site] as const)))(
    "is never allowed to %j under %j",
    async (roles, site) => {
      const { gate, starts } = openGate({ site });
      const listed = gate.visible({ id: "n8n", roles, authenticatedBy: "bearer" });
      for (const { name } of catalog) {
        if (listed.has(name)) continue;
        expect((await gate.call(toCall(name, good[name], { roles }), never())).code).toBe("denied");
      }
      expect(starts()).toEqual([]);
    },
  );

  it("is what the roles say: a viewer sees no change, an approver health_check alone", () => {
    const { gate } = openGate();
    const listed = (roles: readonly Role[]) =>
      [...gate.visible({ id: "n8n", roles, authenticatedBy: "bearer" })].sort();
    expect(listed(["operator"])).toEqual(Object.keys(good).sort());
    expect(listed(["viewer"])).toEqual([
      "alertmanager_alerts",
      "cli_tool",
      "health_check",
      "kubectl_describe",
      "kubectl_events",
      "kubectl_get",
      "kubectl_logs",
      "kubectl_rollout_history",
      "kubectl_rollout_status",
      "kubectl_top",
      "prometheus_query",
      "prometheus_query_range",
    ]);
    expect(listed(["approver"])).toEqual(["health_check"]);
  });

  it("is allowed to those who see it: the examples are good ones", async () => {
    const { gate } = openGate();
    const needPerson = new Set(["kubectl_rollout_undo", "kubectl_scale", "kubectl_apply"]);
    for (const { name, toolset } of catalog) {
      // The gate of these tests has no curl: whoever gets that far was allowed.
      const allowed = toolset === "monitoring" ? "binary_unavailable" : "ok";
      const { code } = await gate.call(toCall(name, good[name]), never());
      expect([name, code]).toEqual([name, needPerson.has(name) ? "approval_required" : allowed]);
    }
  });
});
