// Reads that share an answer, in the whole ladder: each caller is judged and recorded, and one process runs for all.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import type { ToolCall } from "../../src/domain/tool-call.ts";
import { AuditUnavailable } from "../../src/errors.ts";
import { createReadCache } from "../../src/execution/read-cache.ts";
import { type GateOptions, never, openGate, toCall } from "./setup.ts";

/** A gate whose answers do not grow old while the machine is busy: time is what the test says. */
function openShared({ replace, ...options }: GateOptions = {}) {
  const time = { ms: 0 };
  const opened = openGate({
    ...options,
    replace: (real) => ({
      reads: createReadCache({ clock: { monotonic: () => time.ms }, place: () => "cluster" }),
      ...replace?.(real),
    }),
  });
  const recordsOf = (callId: string) =>
    opened
      .records()
      .filter(({ call_id }) => call_id === callId)
      .map(({ kind, code }) => [kind, code]);
  const release = () => writeFileSync(path.join(opened.folder, "release"), "");
  const hasStarted = (count: number) =>
    vi.waitFor(() => expect(opened.starts()).toHaveLength(count), { timeout: 20_000, interval: 10 });
  return { ...opened, time, recordsOf, release, hasStarted };
}

const getPods = (callId: string, more: Readonly<Record<string, unknown>> = {}) =>
  toCall("kubectl_get", { resource: "pods", ...more }, { callId });
const slowLogs = (callId: string) => toCall("kubectl_logs", { name: "until-released" }, { callId });
const by = (id: string, call: ToolCall, role: "viewer" | "operator" | "approver" = "operator"): ToolCall => ({
  ...call,
  principal: { id, roles: [role], authenticatedBy: "bearer" },
});

describe("an answer of a moment ago", () => {
  it("is told again: no process, no intent, but a decision and an outcome that names the run", async () => {
    const { gate, starts, records, recordsOf, heard } = openShared();
    const first = await gate.call(getPods("first"), never());
    const second = await gate.call(getPods("second"), never());
    expect(first).not.toHaveProperty("cachedFrom");
    expect(second).toMatchObject({ callId: "second", code: "ok", cachedFrom: "first", stdout: first.stdout });
    expect(second.steps).toEqual(first.steps);
    expect(starts()).toHaveLength(1);
    expect(recordsOf("second")).toEqual([
      ["decision", "ok"],
      ["outcome", "ok"],
    ]);
    expect(records().at(-1)?.["details"]).toEqual({ started: false, cached_from: "first" });
    expect(heard.cache).toEqual(["miss", "hit"]);
  });

  it("is another principal's too, when policy binds both alike", async () => {
    const { gate } = openShared();
    await gate.call(by("one", getPods("first")), never());
    expect(await gate.call(by("two", getPods("second"), "viewer"), never())).toMatchObject({ cachedFrom: "first" });
  });

  it("serves the filter behind it only as a whole", async () => {
    const { gate, starts } = openShared();
    const version = (callId: string, command: string) => toCall("cli_tool", { command }, { callId });
    await gate.call(version("first", "kubectl version"), never());
    const other = await gate.call(version("other", "kubectl version --output=yaml"), never());
    expect(other).not.toHaveProperty("cachedFrom");
    expect(starts()).toHaveLength(2);
    expect(await gate.call(version("same", "kubectl   version"), never())).toMatchObject({ cachedFrom: "first" });
  });

  it.each<readonly [string, GateOptions, ToolCall]>([
    ["a caller who wants it fresh", {}, getPods("second", { fresh: true })],
    ["another namespace", { site: { namespaces: ["default", "shop"] } }, getPods("second", { namespace: "shop" })],
    [
      "another time limit",
      {},
      toCall("cli_tool", { command: "kubectl get pods", timeout_seconds: 9 }, { callId: "second" }),
    ],
    ["standard input", {}, toCall("cli_tool", { command: "kubectl get pods", stdin: "x" }, { callId: "second" })],
    ["a site without a cache", { site: { limits: { cache_ttl_ms: 0 } } }, getPods("second")],
  ])("does not do for %s", async (_name, options, call) => {
    const { gate } = openShared(options);
    await gate.call(getPods("first"), never());
    expect(await gate.call(call, never())).not.toHaveProperty("cachedFrom");
  });

  it("does not do when it is too old", async () => {
    const { gate, time, starts } = openShared();
    await gate.call(getPods("first"), never());
    time.ms = 1000;
    expect(await gate.call(getPods("second"), never())).not.toHaveProperty("cachedFrom");
    expect(starts()).toHaveLength(2);
  });

  it("does not do when it failed", async () => {
    const { gate, starts } = openShared();
    for (const callId of ["first", "second"]) await gate.call(getPods(callId, { name: "exit-3" }), never());
    expect(starts()).toHaveLength(2);
  });

  it("does not do under another policy, or another redaction", async () => {
    const redactions = [["credentials"], ["credentials", "kubernetes"], ["credentials", "kubernetes"]];
    const revisions = ["r1", "r1", "r2"];
    let at = 0;
    const { gate, starts } = openShared({
      replace: ({ policy }) => ({
        policy: {
          get revision() {
            return revisions[at] ?? "";
          },
          visible: (principal) => policy.visible(principal),
          probe: (question) => policy.probe(question),
          decide: (question) => {
            const evaluation = policy.decide(question);
            if (evaluation.decision.effect === "deny") return evaluation;
            const { decision } = evaluation;
            return {
              ...evaluation,
              decision: { ...decision, obligations: { ...decision.obligations, redact: redactions[at] ?? [] } },
            };
          },
        },
      }),
    });
    for (at = 0; at < 3; at += 1) {
      expect(await gate.call(getPods(`call-${at}`), never())).not.toHaveProperty("cachedFrom");
    }
    expect(starts()).toHaveLength(3);
  });
});

describe("a caller whom policy denies", () => {
  it("gets nothing of an answer that is there", async () => {
    const { gate } = openShared();
    await gate.call(getPods("first"), never());
    const denied = await gate.call(by("nobody", getPods("second"), "approver"), never());
    expect(denied).toMatchObject({ code: "denied" });
    expect(denied).not.toHaveProperty("stdout");
  });
});

describe("an answer that cannot be recorded", () => {
  it("is not given", async () => {
    const { gate } = openShared({
      replace: ({ audit }) => ({
        audit: {
          ...audit,
          append: async (event) => {
            if (event.callId === "second" && event.kind === "outcome") throw new AuditUnavailable("full");
            return audit.append(event);
          },
        },
      }),
    });
    await gate.call(getPods("first"), never());
    const second = await gate.call(getPods("second"), never());
    expect(second).toMatchObject({ code: "audit_unavailable" });
    expect(second).not.toHaveProperty("stdout");
  });
});

describe("calls that ask the same at the same time", () => {
  it("are answered by one process, and one budget", async () => {
    const { gate, starts, release, heard } = openShared({ site: { rate_limit: { per_principal: "1/1h", burst: 1 } } });
    const calls = ["a", "b", "c", "d"].map((callId) => gate.call(slowLogs(callId), never()));
    release();
    const outcomes = await Promise.all(calls);
    expect(outcomes.map(({ code, cachedFrom }) => [code, cachedFrom])).toEqual([
      ["ok", undefined],
      ["ok", "a"],
      ["ok", "a"],
      ["ok", "a"],
    ]);
    expect(starts()).toHaveLength(1);
    expect(heard.cache.toSorted()).toEqual(["miss", "shared", "shared", "shared"]);
  });

  it("are not stopped when the one who began it goes away; its own records stay whole", async () => {
    const { gate, hasStarted, release, recordsOf, starts } = openShared();
    const leader = new AbortController();
    const first = gate.call(slowLogs("first"), leader.signal);
    const second = gate.call(slowLogs("second"), never());
    await hasStarted(1);
    leader.abort();
    expect(await first).toMatchObject({ code: "cancelled" });
    release();
    expect(await second).toMatchObject({ code: "ok", cachedFrom: "first" });
    expect(starts()).toHaveLength(1);
    expect(recordsOf("first")).toEqual([
      ["decision", "ok"],
      ["intent", undefined],
      ["outcome", "ok"],
    ]);
  });

  it("end with a process that is killed once all have gone", async () => {
    const { gate, hasStarted, ports, recordsOf } = openShared();
    const [leader, other] = [new AbortController(), new AbortController()];
    const first = gate.call(slowLogs("first"), leader.signal);
    const second = gate.call(slowLogs("second"), other.signal);
    await hasStarted(1);
    leader.abort();
    await first;
    expect(ports.slots.running).toBe(1);
    other.abort();
    expect(await second).toMatchObject({ code: "cancelled" });
    await vi.waitFor(() => expect(ports.slots.running).toBe(0), { timeout: 20_000, interval: 10 });
    expect(recordsOf("first").at(-1)).toEqual(["outcome", "cancelled"]);
    expect(recordsOf("second").at(-1)).toEqual(["outcome", "cancelled"]);
  });

  it("look for themselves when the first could not be recorded", async () => {
    const { gate, starts } = openShared({
      replace: ({ audit }) => ({
        audit: {
          ...audit,
          append: async (event) => {
            if (event.callId === "first" && event.kind === "intent") throw new AuditUnavailable("full");
            return audit.append(event);
          },
        },
      }),
    });
    const outcomes = await Promise.all(["first", "second", "third"].map((id) => gate.call(getPods(id), never())));
    expect(outcomes.map(({ code, cachedFrom }) => [code, cachedFrom])).toEqual([
      ["audit_unavailable", undefined],
      ["ok", undefined],
      ["ok", "second"],
    ]);
    expect(starts()).toHaveLength(1);
  });

  it("do not wait in another's queue for it", async () => {
    const { gate, hasStarted, release, starts } = openShared({
      slots: { maxConcurrency: 2, maxPerPrincipal: 1, maxQueue: 8 },
    });
    const blocking = gate.call(by("flood", slowLogs("blocking")), never());
    await hasStarted(1);
    const queued = gate.call(by("flood", getPods("queued")), never());
    expect(await gate.call(by("other", getPods("own")), never())).toMatchObject({ code: "ok" });
    release();
    expect(await queued).toMatchObject({ code: "ok", cachedFrom: "own" });
    await blocking;
    expect(starts()).toHaveLength(2);
  });
});

describe("a change through us", () => {
  const restart = (callId: string, name = "web", namespace = "default") =>
    toCall("kubectl_rollout_restart", { resource: "deploy", name, namespace }, { callId });
  const site = { namespaces: ["default", "shop"] };

  it("makes what was read in its namespace old, and nothing else", async () => {
    const { gate } = openShared({ site });
    await gate.call(getPods("here"), never());
    await gate.call(getPods("there", { namespace: "shop" }), never());
    await gate.call(restart("change"), never());
    expect(await gate.call(getPods("here again"), never())).not.toHaveProperty("cachedFrom");
    expect(await gate.call(getPods("there again", { namespace: "shop" }), never())).toMatchObject({
      cachedFrom: "there",
    });
  });

  it("does so when it starts and when it has ended", async () => {
    const { gate, hasStarted, release } = openShared({ site });
    await gate.call(getPods("before"), never());
    const change = gate.call(restart("change", "until-released"), never());
    await hasStarted(2);
    expect(await gate.call(getPods("during"), never())).not.toHaveProperty("cachedFrom");
    expect(await gate.call(getPods("during too"), never())).toMatchObject({ cachedFrom: "during" });
    release();
    await change;
    expect(await gate.call(getPods("after"), never())).not.toHaveProperty("cachedFrom");
  });

  it("that is refused, or only a dry run, makes nothing old", async () => {
    const { gate } = openShared({ site: { change_budget: { per_principal: "1/1h" } } });
    await gate.call(restart("spent"), never());
    await gate.call(getPods("first"), never());
    expect(await gate.call(restart("refused"), never())).toMatchObject({ code: "rate_limited" });
    expect(await gate.call(getPods("second"), never())).toMatchObject({ cachedFrom: "first" });
  });
});

describe("Secrets", () => {
  it("are never shared, even where policy allows them and asks for a cache", async () => {
    const { gate, starts } = openShared({
      replace: ({ policy }) => ({
        policy: {
          ...policy,
          revision: policy.revision,
          visible: (principal) => policy.visible(principal),
          decide: (question) => {
            const obligations = {
              timeoutMs: 9000,
              maxOutputBytes: 9000,
              redact: [],
              sandbox: "kubectl" as const,
              cacheTtlMs: 2000,
            };
            return { ...policy.decide(question), decision: { effect: "allow", rules: ["test/open"], obligations } };
          },
        },
      }),
    });
    for (const callId of ["first", "second"]) {
      const outcome = await gate.call(toCall("cli_tool", { command: "kubectl get pods,secrets" }, { callId }), never());
      expect(outcome).toMatchObject({ code: "ok" });
      expect(outcome).not.toHaveProperty("cachedFrom");
    }
    expect(starts()).toHaveLength(2);
  });
});
