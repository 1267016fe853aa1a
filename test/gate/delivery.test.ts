// The changes that helm and flux make, from call to cluster: the real programs, the simulated cluster, the whole ladder. They need
// a person, whom this version cannot ask yet; that obligation is taken away here, so that what comes after it is tried.
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type SimulatedCluster, startSimulatedCluster } from "../../demo/cluster/start.ts";
import { flux } from "../../src/command/grammar/flux.ts";
import { helm } from "../../src/command/grammar/helm.ts";
import { type ComposedExecution, composeExecution } from "../../src/compose/execution.ts";
import type { Outcome } from "../../src/domain/outcome.ts";
import { locate } from "../command/installed.ts";
import { lenient } from "./lenient.ts";
import { clock, never, openGate, toCall } from "./setup.ts";

const files = { helm: locate(helm), flux: locate(flux) };
const folders = Object.values(files).flatMap((file) => (file === undefined ? [] : [path.dirname(file)]));
const toolPath = [...new Set([...folders, "/usr/bin", "/bin"])];

describe.skipIf(files.helm === undefined && files.flux === undefined)(
  "a change of helm or flux that is allowed",
  () => {
    let cluster: SimulatedCluster;
    let execution: ComposedExecution;
    beforeAll(async () => {
      cluster = await startSimulatedCluster();
      const boxed = { sandbox: "prefer", helperPath: toolPath } as const;
      const config = { toolPath, ...boxed, kubeconfig: cluster.kubeconfig, maxConcurrency: 4, maxQueue: 4 };
      execution = await composeExecution(config, { clock, serverUrl: "https://github.com" });
    });
    afterAll(async () => {
      execution?.abandon();
      await cluster?.stop();
    });
    let ask: (tool: string, own: object) => Promise<Outcome>;
    beforeEach(() => {
      const { gate } = openGate({
        site: { toolsets: ["helm", "flux", "cli"] },
        replace: ({ policy }) => ({ execution, policy: lenient(policy) }),
      });
      ask = (tool, own) => gate.call(toCall(tool, own), never());
    });
    /** What an action asked the cluster to change. */
    const changesOf = async (action: () => Promise<Outcome>) => {
      const before = (await cluster.requests()).length;
      const outcome = await action();
      const requests = (await cluster.requests()).slice(before);
      return { outcome, changes: requests.filter((request) => !request.startsWith("GET ")) };
    };

    it.skipIf(files.helm === undefined)(
      "rolls a release back: a new revision, the objects of the old one",
      async () => {
        const secrets = "/api/v1/namespaces/default/secrets";
        const { outcome, changes } = await changesOf(() => ask("helm_rollback", { release: "cache", revision: 1 }));
        expect(outcome, outcome.stderr).toMatchObject({ outcome: "succeeded", code: "ok" });
        expect(changes).toEqual([
          `POST ${secrets}`,
          "PATCH /api/v1/namespaces/default/configmaps/cache-settings",
          `PUT ${secrets}/sh.helm.release.v1.cache.v2`,
          `PUT ${secrets}/sh.helm.release.v1.cache.v3`,
        ]);
        expect((await ask("helm_history", { release: "cache" })).stdout).toMatch(
          /^2\s.*superseded\s.*\n3\s.*deployed\s+cache-1\.0\.1\s.*Rollback to 1/m,
        );
      },
    );

    it.skipIf(files.helm === undefined)("says when there is no such revision, and changes nothing", async () => {
      const { outcome, changes } = await changesOf(() => ask("helm_rollback", { release: "cache", revision: 77 }));
      expect(outcome).toMatchObject({ outcome: "failed", code: "exited" });
      expect(outcome.stderr).toMatch(/release has no 77 version/);
      expect(changes).toEqual([]);
    });

    const kustomizations = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations";

    it.skipIf(files.flux === undefined)(
      "suspends one object, which flux_status then lists, and resumes it",
      async () => {
        const infra = { kind: "kustomization", name: "infra" };
        const suspended = await changesOf(() => ask("flux_suspend", infra));
        expect(suspended.outcome, suspended.outcome.stderr).toMatchObject({ outcome: "succeeded", code: "ok" });
        expect(suspended.changes).toEqual([`PATCH ${kustomizations}/infra`]);
        expect((await ask("flux_status", {})).stdout).toMatch(/^kustomization\/infra\tTrue\tTrue\t/m);
        const resumed = await changesOf(() => ask("flux_resume", infra));
        expect(resumed.outcome, resumed.outcome.stderr).toMatchObject({ outcome: "succeeded", code: "ok" });
        expect(resumed.changes).toEqual([`PATCH ${kustomizations}/infra`]);
        expect((await ask("flux_status", {})).stdout).not.toContain("kustomization/infra");
      },
    );

    it.skipIf(files.flux === undefined)("reconciles one object, and waits until its controller has", async () => {
      const { outcome, changes } = await changesOf(() =>
        ask("flux_reconcile", { kind: "kustomization", name: "infra" }),
      );
      expect(outcome, outcome.stderr).toMatchObject({ outcome: "succeeded", code: "ok" });
      expect(outcome.stderr).toMatch(/applied revision main@sha1:3f786850/);
      expect(changes).toEqual([`PATCH ${kustomizations}/infra`]);
    });

    it.skipIf(files.flux === undefined)("never says that it reconciled what does not become ready", async () => {
      const command = "flux reconcile kustomization apps --timeout=3s";
      const { outcome, changes } = await changesOf(() => ask("cli_tool", { command }));
      expect(outcome).toMatchObject({ outcome: "failed", code: "exited" });
      expect(changes).toEqual([`PATCH ${kustomizations}/apps`]);
    });

    it.skipIf(files.flux === undefined)("does not reconcile what is suspended", async () => {
      const { outcome, changes } = await changesOf(() =>
        ask("flux_reconcile", { kind: "kustomization", name: "paused" }),
      );
      expect(outcome).toMatchObject({ outcome: "failed", code: "exited" });
      expect(outcome.stderr).toMatch(/suspended/);
      expect(changes).toEqual([]);
    });
  },
);
