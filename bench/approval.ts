// `make bench`: what an approval costs beside a call that policy denies, and a change under a grant beside one that needs none,
// in one run over WebSocket. Options: --rounds N (200), --json.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { startSimulatedCluster } from "../demo/cluster/start.ts";
import { readAnswer } from "../test/helpers/answer.ts";
import { type AnyClient, clientKind } from "../test/helpers/clients.ts";
import { startServer } from "../test/helpers/server.ts";
import { median, round } from "./statistics.ts";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "200" }, json: { type: "boolean", default: false } },
});
const rounds = Number(values.rounds);
/** Of the rounds, those that run something: a process each. */
const everyRun = 10;

const approverKey = "approver-bench-key-0123456789";
const folder = mkdtempSync(path.join(tmpdir(), "aisre-bench-"));
const site = path.join(folder, "site.yaml");
writeFileSync(
  site,
  "rate_limit: {per_principal: 9999/1s, burst: 9999}\nchange_budget: {per_principal: 9999/1m, per_namespace: 9999/1m}\n",
);
const cluster = await startSimulatedCluster();
const server = await startServer({
  KUBECONFIG: cluster.kubeconfig,
  MCP_APPROVER_KEY: approverKey,
  AISRE_POLICY_DATA: site,
});
const { connect } = clientKind("SDK 1.32.2 over WebSocket, 2025-11-25");
const [agent, person] = [await connect(server), await connect({ ...server, key: approverKey })];

async function timed(client: AnyClient, tool: string, given: Record<string, unknown>) {
  const began = performance.now();
  const { structuredContent } = await client.call(tool, given);
  return { ms: performance.now() - began, answer: readAnswer(structuredContent) };
}

const ms = { denied: [], asked: [], decided: [], granted: [], plain: [] } as Record<string, number[]>;
try {
  for (let at = 0; at < rounds; at += 1) {
    const scale = { resource: "deployment", name: "web", replicas: 2 + (at % 3) };
    const denied = await timed(agent, "cli_tool", { command: `kubectl get secrets s-${at}` });
    const asked = await timed(agent, "kubectl_scale", scale);
    const request = asked.answer.approval?.request;
    const decided = await timed(person, "approval_decide", { request, verdict: "approve" });
    ms["denied"]?.push(denied.ms);
    ms["asked"]?.push(asked.ms);
    ms["decided"]?.push(decided.ms);
    if (at % everyRun > 0) continue;
    const granted = await timed(agent, "kubectl_scale", { ...scale, approval: decided.answer.grant });
    const plain = await timed(agent, "kubectl_rollout_restart", { resource: "deployment", name: "web" });
    if (granted.answer.outcome !== "succeeded" || plain.answer.outcome !== "succeeded")
      throw new Error("it did not run");
    ms["granted"]?.push(granted.ms);
    ms["plain"]?.push(plain.ms);
  }
} finally {
  await Promise.all([agent.close(), person.close()]);
  await server.close();
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
}

const p50 = (name: string): number => median(ms[name] ?? []);
const report = {
  rounds,
  p50Ms: Object.fromEntries(Object.keys(ms).map((name) => [name, round(p50(name), 2)])),
  toDenied: { asked: round(p50("asked") / p50("denied")), decided: round(p50("decided") / p50("denied")) },
  grantedToPlain: round(p50("granted") / p50("plain")),
};
console.log(
  values.json
    ? JSON.stringify(report)
    : [
        `approval, ${rounds} rounds over WebSocket, the ledger in memory, p50`,
        `  a call that policy denies                    ${report.p50Ms["denied"]} ms`,
        `  a call that is answered with a request       ${report.p50Ms["asked"]} ms, ${report.toDenied.asked} of it`,
        `  a verdict, recorded, with the grant          ${report.p50Ms["decided"]} ms, ${report.toDenied.decided} of it`,
        `  a change under a grant / one without         ${report.grantedToPlain} (kubectl included)`,
      ].join("\n"),
);
