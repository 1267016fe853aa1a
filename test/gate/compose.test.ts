// What the composition root joins the gate with: health, answers, the cluster probe, records of refused keys, ids.
import { describe, expect, it } from "vitest";
import { understand } from "../../src/command/understand.ts";
import { createAnswers } from "../../src/compose/answers.ts";
import { createAuthFailureRecorder } from "../../src/compose/auth-failures.ts";
import { randomIds } from "../../src/compose/clock.ts";
import { createClusterProbe } from "../../src/compose/cluster-probe.ts";
import { createHealth, type HealthSources } from "../../src/compose/health.ts";
import { composePolicy } from "../../src/compose/policy.ts";
import type { AuditEvent } from "../../src/domain/ports.ts";
import { AuditUnavailable } from "../../src/errors.ts";
import { clock, openGate, policyFolder } from "./setup.ts";

/** A clock whose monotonic time is what the test says, milliseconds. */
function handClock() {
  const hand = { ms: 0 };
  return { hand, clock: { now: () => Date.UTC(2026, 0, 1) + hand.ms, monotonic: () => hand.ms } };
}

const sources: HealthSources = {
  version: "1.2.3",
  sandbox: { abi: "none", mode: "off" },
  policyRevision: () => "r1",
  mode: () => "normal",
  binaries: new Map([["kubectl", { available: true, path: "/bin/kubectl", version: "1.35.2" }]]),
  cluster: async () => ({ reachable: true, server_version: "v1.35.2" }),
  auditWritable: () => true,
  auditHead: () => undefined,
  load: () => ({ running: 1, waiting: 2 }),
  limits: () => ({ queue: 3 }),
};

describe("the cluster probe", () => {
  it("asks once for all who want to know, and again after ten seconds", async () => {
    const { ports, starts } = openGate();
    const { hand, clock: time } = handClock();
    const ask = createClusterProbe(ports.execution, time);
    const [first, second] = await Promise.all([ask(), ask()]);
    expect(first).toEqual({ reachable: true, server_version: "v1.35.2", checked_at: "2026-01-01T00:00:00.000Z" });
    expect(second).toBe(first);
    hand.ms = 10_000;
    expect(await ask()).toBe(first);
    expect(starts()).toHaveLength(1);
    hand.ms = 10_001;
    expect(await ask()).toMatchObject({ reachable: true, checked_at: "2026-01-01T00:00:10.001Z" });
    expect(starts()).toHaveLength(2);
  });

  it("says that nothing is reachable without kubectl, and when kubectl cannot be run", async () => {
    const { ports } = openGate();
    const missing = { ...ports.execution, availability: () => ({ available: false, reason: "gone" }) as const };
    expect(await createClusterProbe(missing, clock)()).toEqual({ reachable: false });
    const broken = { ...ports.execution, run: () => Promise.reject(new Error("broken")) };
    expect(await createClusterProbe(broken, clock)()).toEqual({ reachable: false });
  });
});

describe("health", () => {
  it("is ok when all is there, and names no path of the machine", async () => {
    const report = await createHealth(sources).report();
    expect(report).toMatchObject({ status: "ok", ready: true, details: { version: "1.2.3", running: 1, waiting: 2 } });
    expect(JSON.stringify(report)).not.toContain("/bin/kubectl");
  });

  it.each<readonly [string, Partial<HealthSources>, string, boolean]>([
    ["the cluster does not answer", { cluster: async () => ({ reachable: false }) }, "degraded", true],
    [
      "a binary is missing",
      { binaries: new Map([["jq", { available: false, reason: "jq is not installed" }]]) },
      "degraded",
      true,
    ],
    ["the audit cannot be written", { auditWritable: () => false }, "not_ready", false],
  ])("says what is wrong when %s", async (_case, change, status, ready) => {
    const health = createHealth({ ...sources, ...change });
    expect(await health.report()).toMatchObject({ status, ready });
    expect(health.ready()).toBe(ready);
  });
});

describe("an answer that starts nothing", () => {
  it("shows every step of a dry run as it would run", async () => {
    const steps = [{ argv: ["kubectl", "rollout", "restart", "deploy/web"] }, { commandLine: "kubectl get po | sort" }];
    const read = understand(
      { action: "command", steps, dryRun: true },
      { defaultNamespace: "default", fluxNamespace: "flux-system", kinds: [] },
    );
    if (!read.ok) throw new Error(read.refusal.message);
    const answer = createAnswers(createHealth(sources));
    const lines = (await answer(read.plan)).split("\n");
    const rendered = read.plan.steps.map(({ stages }) => stages.map(({ argv }) => JSON.stringify(argv)).join(" | "));
    expect(lines.slice(1)).toEqual([...rendered, ""]);
    expect(lines[0]).toContain("nothing was run");
  });
});

describe("records of refused keys", () => {
  it("are thirty a minute, and the next one tells how many were left out", () => {
    const { hand, clock: time } = handClock();
    const events: AuditEvent[] = [];
    const record = createAuthFailureRecorder({ append: async (event) => void events.push(event) }, time);
    for (let attempt = 0; attempt < 1000; attempt += 1) record("wrong", "192.0.2.1");
    expect(events).toHaveLength(30);
    expect(events[0]).toEqual({ kind: "auth_failure", details: { reason: "wrong", remote_address: "192.0.2.1" } });
    hand.ms = 60_000;
    record("missing", "192.0.2.2");
    record("missing", "192.0.2.2");
    expect(events.slice(30).map(({ details }) => details)).toEqual([
      { reason: "missing", remote_address: "192.0.2.2", suppressed_before: 970 },
      { reason: "missing", remote_address: "192.0.2.2" },
    ]);
  });

  it("never throw when the audit fails", async () => {
    const failing = { append: () => Promise.reject(new AuditUnavailable("full")) };
    const record = createAuthFailureRecorder(failing, clock);
    expect(() => record("wrong", "192.0.2.1")).not.toThrow();
    await new Promise((resolve) => setImmediate(resolve));
  });
});

describe("ids", () => {
  it("are 26 characters of one alphabet, and never the same", () => {
    const ids = Array.from({ length: 2000 }, () => randomIds.callId());
    expect(new Set(ids).size).toBe(2000);
    expect(ids.filter((id) => !/^[0-9a-hjkmnp-tv-z]{26}$/.test(id))).toEqual([]);
    // n8n takes a text with 401 or 403 in it for a failed login.
    const many = Array.from({ length: 20_000 }, () => randomIds.callId());
    expect(many.filter((id) => /40[13]/.test(id))).toEqual([]);
    for (let place = 0; place < 26; place += 1) {
      expect(new Set(ids.map((id) => id[place])).size).toBe(32);
    }
  });
});

describe("the composed policy", () => {
  it("reads commands in the namespace of its site data", () => {
    const { policy, settings } = composePolicy(
      { folder: policyFolder, dataFile: "default_namespace: shop\nnamespaces: [shop]", environmentLayer: {} },
      { clock },
    );
    expect(settings.defaultNamespace).toBe("shop");
    expect(policy.siteData.namespaces).toEqual(["shop"]);
  });

  it("does not start with site data that nobody knows, or without a bundle", () => {
    expect(() =>
      composePolicy({ folder: policyFolder, dataFile: "namespace: x", environmentLayer: {} }, { clock }),
    ).toThrow(
      expect.objectContaining({ code: "invalid_configuration", message: expect.stringContaining("namespaces") }),
    );
    expect(() => composePolicy({ folder: "/nonexistent", environmentLayer: {} }, { clock })).toThrow(
      expect.objectContaining({ code: "policy_missing" }),
    );
  });
});
