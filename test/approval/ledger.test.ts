// The two ledgers, held to one contract: an entry is written once, and everybody sees the same.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createKubernetesLedger } from "../../src/approval/kubernetes-ledger.ts";
import { createMemoryLedger } from "../../src/approval/memory-ledger.ts";
import type { ApprovalLedger } from "../../src/domain/approval.ts";
import { LedgerUnavailable } from "../../src/errors.ts";
import { agentFor } from "../../src/broker/agents.ts";
import { createClusterApi } from "../../src/cluster/api.ts";
import { openCluster } from "../../src/cluster/access.ts";
import { createLeases } from "../../src/cluster/leases.ts";
import { randomIds } from "../../src/compose/clock.ts";
import { startLeaseApi } from "../helpers/lease-api.ts";
import { type ClusterUser, hasRealCluster, type RealCluster, startRealCluster } from "../helpers/real-cluster.ts";

const startMs = Date.UTC(2026, 0, 1);
const heldClock = () => {
  const clock = { ms: startMs, now: () => clock.ms, monotonic: () => clock.ms };
  return clock;
};

type Three = readonly [ApprovalLedger, ApprovalLedger, ApprovalLedger];
/** What the server's account needs for the ledger, and no more. */
const role = `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: ledger, namespace: default }
rules: [{ apiGroups: [coordination.k8s.io], resources: [leases], verbs: [create, get, list, delete] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: ledger, namespace: default }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: ledger }
subjects: [{ kind: User, name: server, apiGroup: rbac.authorization.k8s.io }]
`;
let cluster: RealCluster | undefined;
beforeAll(async () => {
  if (!hasRealCluster) return;
  cluster = await startRealCluster();
  cluster.kubectl(["apply", "-f", "-"], role);
}, 180_000);
afterAll(() => cluster?.stop());

const atRealServer = (user: ClusterUser): ApprovalLedger => {
  if (cluster === undefined) throw new Error("there is no real cluster");
  const access = openCluster({ source: cluster.kubeconfig(user) }, { now: () => performance.now() });
  const call = createClusterApi({ upstream: () => access.upstream(), agentFor });
  return createKubernetesLedger(createLeases(call, access.ownNamespace), heldClock());
};

const real: readonly (readonly [string, () => Promise<Three>])[] = hasRealCluster
  ? [
      [
        "in Kubernetes, at a real API server",
        async () => [atRealServer("server"), atRealServer("server"), atRealServer("server")],
      ],
    ]
  : [];

/** Entries of this run alone: a real API server remembers. */
const run = randomIds.callId().slice(0, 8);

const kinds: readonly (readonly [string, () => Promise<Three>])[] = [
  [
    "in memory",
    async () => {
      const ledger = createMemoryLedger(heldClock());
      return [ledger, ledger, ledger];
    },
  ],
  [
    "in Kubernetes, three replicas",
    async () => {
      const api = await startLeaseApi();
      const replica = () => createKubernetesLedger(api.leases(), heldClock());
      return [replica(), replica(), replica()];
    },
  ],
  ...real,
];

describe.each(kinds)("the ledger %s", (_name, open) => {
  it("keeps what was written first, whoever asks", async () => {
    const [one, two, three] = await open();
    expect(await one.put(`${run}-x0-spent`, { call: "a" }, startMs + 1000)).toEqual({
      first: true,
      value: { call: "a" },
    });
    expect(await two.put(`${run}-x0-spent`, { call: "b" }, startMs + 1000)).toEqual({
      first: false,
      value: { call: "a" },
    });
    expect(await three.put(`${run}-x0-spent`, { call: "c" }, startMs + 9000)).toEqual({
      first: false,
      value: { call: "a" },
    });
  });

  it("tells entries apart", async () => {
    const [one] = await open();
    await one.put(`${run}-x1-verdict`, { verdict: "deny", by: "a", roles: "approver,admin", at: "1" }, startMs);
    expect(await one.put(`${run}-x1-spent`, { call: "a" }, startMs)).toMatchObject({ first: true });
    expect(await one.put(`${run}-y1-verdict`, { verdict: "approve" }, startMs)).toMatchObject({ first: true });
    expect(await one.put(`${run}-x1-verdict`, { verdict: "approve" }, startMs)).toEqual({
      first: false,
      value: { verdict: "deny", by: "a", roles: "approver,admin", at: "1" },
    });
  });

  it("lets one of a hundred at once be first, and tells the others which", async () => {
    const ledgers = await open();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, at) =>
        (ledgers[at % 3] ?? ledgers[0]).put(`${run}-x2-spent`, { call: `c${at}` }, startMs + 1000),
      ),
    );
    expect(answers.filter((answer) => answer.first)).toHaveLength(1);
    expect(new Set(answers.map((answer) => answer.value["call"])).size).toBe(1);
  });
});

describe("the ledger in memory", () => {
  it("refuses when it is full of what is still needed, and forgets nothing for it", async () => {
    const clock = heldClock();
    const ledger = createMemoryLedger(clock, 2);
    await ledger.put("a", { call: "1" }, startMs + 1000);
    await ledger.put("b", { call: "2" }, startMs + 5000);
    await expect(ledger.put("c", { call: "3" }, startMs + 5000)).rejects.toThrow(LedgerUnavailable);
    expect(await ledger.put("a", { call: "4" }, startMs + 5000)).toEqual({ first: false, value: { call: "1" } });
    clock.ms += 1000;
    expect(await ledger.put("c", { call: "3" }, startMs + 5000)).toMatchObject({ first: true });
    expect(await ledger.put("b", { call: "5" }, startMs + 5000)).toEqual({ first: false, value: { call: "2" } });
  });
});

describe("the ledger in Kubernetes", () => {
  it("names Leases after the request", async () => {
    const api = await startLeaseApi();
    await createKubernetesLedger(api.leases(), heldClock()).put("abc-spent", { call: "1" }, startMs);
    expect(api.names()).toEqual(["ai-sre-approval-abc-spent"]);
  });

  it("collects what has had no use for ten minutes, and nothing earlier", async () => {
    const api = await startLeaseApi();
    const clock = heldClock();
    const ledger = createKubernetesLedger(api.leases(), clock);
    await ledger.put("old", { call: "1" }, startMs + 1000);
    await ledger.put("young", { call: "2" }, startMs + 700_000);
    clock.ms += 601_000;
    await ledger.put("next", { call: "3" }, startMs + 700_000);
    await expect.poll(() => api.requests.filter((line) => line.startsWith("GET")).length).toBeGreaterThan(1);
    expect(api.names()).toContain("ai-sre-approval-old");
    clock.ms += 61_000;
    await ledger.put("last", { call: "4" }, startMs + 700_000);
    await expect.poll(() => api.names()).not.toContain("ai-sre-approval-old");
    expect(api.names()).toContain("ai-sre-approval-young");
  });

  it.each([[403], [500], ["hangs up"]] as const)("is unavailable when the API answers %s", async (fails) => {
    const api = await startLeaseApi();
    const ledger = createKubernetesLedger(api.leases(), heldClock());
    api.fails = fails;
    await expect(ledger.put("x-spent", { call: "1" }, startMs)).rejects.toThrow(LedgerUnavailable);
    expect(api.names()).toEqual([]);
  });

  it("tries once more when a kept connection was closed at that moment", async () => {
    const api = await startLeaseApi();
    const ledger = createKubernetesLedger(api.leases(), heldClock());
    await ledger.put("a", { call: "1" }, startMs);
    await expect.poll(() => api.requests.length).toBeGreaterThan(1);
    api.fails = "hangs up once";
    expect(await ledger.put("b", { call: "1" }, startMs)).toMatchObject({ first: true });
    expect(api.fails).toBeUndefined();
  });
});

describe.runIf(hasRealCluster)("the ledger at a real API server", () => {
  it("is unavailable to an account without the rights, and says which are missing", async () => {
    const poor = atRealServer("viewer").put(`${run}-poor`, { call: "1" }, startMs);
    await expect(poor).rejects.toThrow("does not let this server create Leases in namespace default (Forbidden)");
  });
});
