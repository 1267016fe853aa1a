// The metrics as Prometheus sees them: names, labels that stay closed, and promtool's opinion.
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { createTracing } from "../../src/telemetry/tracing.ts";
import { createObserver } from "../../src/telemetry/observer.ts";
import { checkMetrics, promtool } from "../helpers/promtool.ts";
import { allowed, call, clock, command, keptLogger, newMetrics, outcome, ran } from "./facts.ts";

async function observed() {
  const metrics = newMetrics();
  const { logger, lines } = keptLogger();
  const tracing = await createTracing({ enabled: false, version: "0.1.0", clock, logger });
  return { metrics, lines, observer: createObserver({ metrics, tracing, logger }) };
}

const seriesOf = async (metrics: ReturnType<typeof newMetrics>, name: string): Promise<string[]> =>
  (await metrics.exposition()).body
    .split("\n")
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));

describe("the metrics", () => {
  it("count a call that went the whole way", async () => {
    const { metrics, observer } = await observed();
    const heard = observer.call(call(), true);
    heard.decided({ evaluation: allowed(), decision: allowed().decision });
    heard.executed({ command, outcome: ran({ truncated: true }), ended: "exited" });
    heard.redacted({ jwt: 2, private_key: 0 });
    heard.finished(outcome());
    expect(await seriesOf(metrics, "aisre_tool_calls_total")).toEqual([
      'aisre_tool_calls_total{tool="kubectl_get",outcome="succeeded"} 1',
    ]);
    expect(await seriesOf(metrics, "aisre_policy_decisions_total")).toEqual([
      'aisre_policy_decisions_total{tool="kubectl_get",effect="allow",rule="kubernetes/restart"} 1',
    ]);
    expect(await seriesOf(metrics, "aisre_commands_total")).toEqual([
      'aisre_commands_total{binary="kubectl",verb="rollout restart",exit="0"} 1',
    ]);
    expect(await seriesOf(metrics, "aisre_output_truncated_total")).toEqual([
      'aisre_output_truncated_total{binary="kubectl"} 1',
    ]);
    expect(await seriesOf(metrics, "aisre_redactions_total")).toEqual(['aisre_redactions_total{kind="jwt"} 2']);
    const [spent] = await seriesOf(metrics, "aisre_policy_evaluation_seconds_sum");
    expect(Number(spent?.split(" ")[1])).toBeCloseTo(0.000_06, 10);
    expect(await seriesOf(metrics, "aisre_tool_call_duration_seconds_sum")).toEqual([
      'aisre_tool_call_duration_seconds_sum{tool="kubectl_get"} 0.055',
    ]);
  });

  it("count what commands cost and left behind, where the sandbox says so", async () => {
    const { metrics, observer } = await observed();
    const heard = observer.call(call(), true);
    const ended = (usage: Partial<ReturnType<typeof ran>>, binary = "kubectl") =>
      heard.executed({ command: { ...command, binary }, outcome: ran(usage), ended: "exited" });
    ended({ usage: { cpuMs: 250, maxRssKb: 9000, strays: 0 } });
    ended({ usage: { cpuMs: 500, maxRssKb: 9000, strays: 2 } });
    ended({}, "sort");
    expect(await seriesOf(metrics, "aisre_command_cpu_seconds_total")).toEqual([
      'aisre_command_cpu_seconds_total{binary="kubectl"} 0.75',
    ]);
    expect(await seriesOf(metrics, "aisre_command_strays_total")).toEqual([
      'aisre_command_strays_total{binary="kubectl"} 2',
    ]);
  });

  it("count what was held back, and whether reads were shared", async () => {
    const { metrics, observer } = await observed();
    expect(await seriesOf(metrics, "aisre_rate_limited_total")).toEqual(["aisre_rate_limited_total 0"]);
    observer.call(call(), true).finished(outcome({ code: "rate_limited", outcome: "busy" }));
    observer.call(call(), true).finished(outcome({ code: "busy", outcome: "busy" }));
    for (const result of ["miss", "hit", "hit", "shared", "fresh"] as const) observer.call(call(), true).cache(result);
    expect(await seriesOf(metrics, "aisre_rate_limited_total")).toEqual(["aisre_rate_limited_total 1"]);
    expect(await seriesOf(metrics, "aisre_cache_requests_total")).toEqual([
      'aisre_cache_requests_total{result="hit"} 2',
      'aisre_cache_requests_total{result="shared"} 1',
      'aisre_cache_requests_total{result="miss"} 1',
      'aisre_cache_requests_total{result="fresh"} 1',
    ]);
  });

  it("count a call that a fault of the server's own ended", async () => {
    const { metrics, observer } = await observed();
    observer.call(call(), true).faulted();
    expect(await seriesOf(metrics, "aisre_tool_calls_total")).toEqual([
      'aisre_tool_calls_total{tool="kubectl_get",outcome="fault"} 1',
    ]);
  });

  it.each([
    ["nonzero", { exitCode: 3, answered: false }, "exited"],
    ["nonzero", { exitCode: undefined, answered: false }, "exited"],
    ["signal", { exitCode: undefined, signal: "SIGSEGV", answered: false }, "exited"],
    ["signal", { exitCode: undefined, signal: "SIGKILL", answered: false }, "cancelled"],
    ["timeout", { exitCode: undefined, signal: "SIGKILL", answered: false }, "timed_out"],
  ] as const)("say %s for a process that ended so", async (exit, { exitCode, ...rest }, ended) => {
    const { metrics, observer } = await observed();
    const { exitCode: _zero, ...base } = ran();
    const ending = { ...base, ...rest, ...(exitCode === undefined ? {} : { exitCode }) };
    observer.call(call(), true).executed({ command, outcome: ending, ended });
    expect(await seriesOf(metrics, "aisre_commands_total")).toEqual([
      `aisre_commands_total{binary="kubectl",verb="rollout restart",exit="${exit}"} 1`,
    ]);
  });

  it("say `default` for a decision in which no rule spoke, and count a rule once per stage", async () => {
    const { metrics, observer } = await observed();
    const heard = observer.call(call(), true);
    const silent = { effect: "deny", reasons: [] } as const;
    const reason = { rule: "guard/no-secrets", message: "no" };
    const twice = { effect: "deny", reasons: [reason, reason] } as const;
    heard.decided({ evaluation: allowed({ decision: silent }), decision: silent });
    heard.decided({ evaluation: allowed({ decision: twice }), decision: twice });
    expect(await seriesOf(metrics, "aisre_policy_decisions_total")).toEqual([
      'aisre_policy_decisions_total{tool="kubectl_get",effect="deny",rule="default"} 1',
      'aisre_policy_decisions_total{tool="kubectl_get",effect="deny",rule="guard/no-secrets"} 1',
    ]);
  });

  it("keep a caller's words out of every label", async () => {
    const { metrics, observer } = await observed();
    for (let index = 0; index < 2000; index += 1) {
      const heard = observer.call(call({ tool: `evil"\n${index}` }), index % 2 === 0);
      const decision = { effect: "deny", reasons: [{ rule: `evil/rule-${index}`, message: "" }] } as const;
      heard.decided({ evaluation: allowed({ decision }), decision });
      heard.executed({
        command: { ...command, binary: `b${index}`, verb: [`v${index}`] },
        outcome: ran(),
        ended: "exited",
      });
      heard.redacted({ [`kind${index}`]: 1 });
      heard.finished(outcome());
    }
    expect(await seriesOf(metrics, "aisre_tool_calls_total")).toEqual([
      'aisre_tool_calls_total{tool="unknown",outcome="succeeded"} 2000',
    ]);
    expect((await seriesOf(metrics, "aisre_policy_decisions_total")).length).toBe(501);
    expect((await seriesOf(metrics, "aisre_redactions_total")).length).toBe(51);
    expect((await seriesOf(metrics, "aisre_commands_total")).length).toBeLessThanOrEqual(202);
  });

  it("show the load, the mode and what is running when they are asked", async () => {
    const metrics = newMetrics();
    const { body } = await metrics.exposition();
    const ours = body
      .split("\n")
      .filter((line) => /^aisre_(commands_running|queue_length|mode|policy_info|sandbox|build)/.test(line));
    expect(ours).toEqual([
      "aisre_commands_running 2",
      "aisre_queue_length 3",
      'aisre_mode{mode="normal"} 0',
      'aisre_mode{mode="read_only"} 1',
      'aisre_mode{mode="frozen"} 0',
      'aisre_policy_info{revision="r1",key_id=""} 1',
      'aisre_sandbox_info{abi="none",mode="off"} 1',
      `aisre_build_info{version="0.1.0",node="${process.versions.node}"} 1`,
    ]);
  });

  it("have a series for every failure before the first one", async () => {
    const metrics = newMetrics();
    expect((await seriesOf(metrics, "aisre_policy_faults_total")).length).toBe(5);
    expect((await seriesOf(metrics, "aisre_auth_failures_total")).length).toBe(5);
    expect(await seriesOf(metrics, "aisre_audit_failures_total")).toEqual(["aisre_audit_failures_total 0"]);
  });

  it("count what the audit, the doors and policy report", async () => {
    const { metrics, observer } = await observed();
    observer.auditRecord("intent");
    observer.auditFailure();
    observer.authFailure("wrong");
    observer.policyFault("throw");
    observer.brokerRefusal({ target: "git", callId: "call-1", message: "pushing to main was not judged" });
    observer.brokerRefusal({ target: "kubernetes", message: "reading pods was not judged", foreseen: true });
    const { body } = await metrics.exposition();
    for (const line of [
      'aisre_audit_records_total{kind="intent"} 1',
      "aisre_audit_failures_total 1",
      'aisre_auth_failures_total{reason="wrong"} 1',
      'aisre_policy_faults_total{kind="throw"} 1',
      'aisre_broker_refusals_total{target="git"} 1',
      'aisre_broker_refusals_total{target="kubernetes"} 0',
    ]) {
      expect(body.split("\n")).toContain(line);
    }
  });

  it("are those of docs/metrics.md, with the same types and labels, both ways", async () => {
    const text = readFileSync(path.resolve(import.meta.dirname, "../../docs/metrics.md"), "utf8");
    const rows = text.split("\n").filter((line) => line.startsWith("| `aisre_"));
    const documented = rows.map((row) => {
      const [, name = "", type = "", labels = ""] = row.split("|").map((cell) => cell.trim());
      return `${name.replaceAll("`", "")} ${type} ${labels.replaceAll("`", "")}`.trim();
    });
    const registered = newMetrics().describe();
    expect(documented.toSorted()).toEqual(registered.filter((line) => line.startsWith("aisre_")).toSorted());
    expect(registered.filter((line) => !/^(aisre|process|nodejs)_/.test(line))).toEqual([]);
  });
});

describe.skipIf(promtool === undefined)("promtool", () => {
  it("finds nothing to complain about", async () => {
    const { metrics, observer } = await observed();
    const heard = observer.call(call(), true);
    heard.decided({ evaluation: allowed(), decision: allowed().decision });
    heard.executed({ command, outcome: ran({ truncated: true }), ended: "exited" });
    heard.redacted({ jwt: 2 });
    heard.finished(outcome());
    const { body } = await metrics.exposition();
    expect(checkMetrics(body)).toBe("");
  });
});
