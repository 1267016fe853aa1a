// `make demo`: plays one incident through AI SRE on a simulated cluster, then keeps serving; ONCE=1 ends after the play.
// The server is the real one, in a process of its own; the client is the MCP SDK's, over WebSocket. Only the cluster is simulated.
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { WebSocketClientTransport } from "../src/cli/websocket-client.ts";
import { resultSchema } from "../src/mcp/result-schema.ts";
import { version } from "../src/version.ts";
import { type SimulatedCluster, startSimulatedCluster } from "./cluster/start.ts";
import { counterLine, counters, recordLine, recordsOf, secretRequests } from "./evidence.ts";
import { problemsOf, type Result } from "./expectation.ts";
import { deniedStep, repairStep, steps } from "./play.ts";
import { callLines, createPrinter, resultLines } from "./print.ts";
import { freePort, type ServerProcess, startServer } from "./processes.ts";
import { settingsText } from "./settings.ts";
import { createTally } from "./tally.ts";

const once = !["", "0", undefined].includes(process.env["ONCE"]);
const key = randomBytes(24).toString("hex");
const defaultPort = 8080;
/** Checks after the steps: secrets, two audit trails, the counters. */
const laterChecks = 3 + counters.length;

const { stdout, env } = process;
const isTerminal = stdout.isTTY && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
const print = createPrinter({
  isTerminal,
  width: stdout.columns || 160,
  write: (text) => stdout.write(text),
});
const tally = createTally(steps.length + laterChecks, (text) => print.line(`   FAILED  ${text}`, "red"));
const cleanups: (() => Promise<void>)[] = [];

const stopped = new Promise<"stopped">((resolve) => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => resolve("stopped"));
  // Nobody watches any more: `make demo | head`.
  stdout.on("error", () => resolve("stopped"));
});
process.exit(await main());

async function main(): Promise<number> {
  try {
    const ending = await Promise.race([run(), stopped]);
    if (ending === "stopped") print.line("\nStopped.");
    return ending === "stopped" && !tally.isComplete ? 130 : tally.failed > 0 ? 1 : 0;
  } catch (error) {
    print.line(`demo: ${error instanceof Error ? error.message : "unknown error"}`, "red");
    return 1;
  } finally {
    for (const clean of cleanups.toReversed()) await clean();
  }
}

async function run(): Promise<void> {
  print.line(`AI SRE ${version}: one incident on a simulated Kubernetes cluster.`, "bold");
  print.progress("starting the simulated cluster");
  const cluster = await startSimulatedCluster();
  cleanups.push(() => cluster.stop());
  print.progress("starting AI SRE");
  const server = serve(cluster, once ? 0 : await freePort(defaultPort));
  const port = await server.ready;
  if (!once && port !== defaultPort) print.line(`Port ${defaultPort} is taken: serving on ${port}.`, "yellow");
  const died = Promise.race([
    cluster.ended.then(() => Promise.reject(new Error("the simulated cluster has ended"))),
    server.ended.then(() => Promise.reject(new Error("the server has ended"))),
  ]);
  // Both end in the clean-up too, when nobody listens any more.
  died.catch(() => {});

  await Promise.race([play(cluster, server, port), died]);
  print.line();
  print.line(tally.summary, tally.failed > 0 ? "red" : "green");
  if (once || tally.failed > 0) return;
  print.line(settingsText({ port, key }));
  await died;
}

function serve({ kubeconfig }: SimulatedCluster, port: number): ServerProcess {
  const folder = mkdtempSync(path.join(tmpdir(), "ai-sre-demo-"));
  cleanups.push(async () => rmSync(folder, { recursive: true, force: true }));
  const onMessage = (text: string): void => print.line(`server: ${text}`, "yellow");
  const server = startServer({ folder, kubeconfig, key, port, onMessage });
  cleanups.push(() => server.stop());
  return server;
}

async function play(cluster: SimulatedCluster, server: ServerProcess, port: number): Promise<void> {
  const client = new Client({ name: "ai-sre-demo", version });
  const headers = { Authorization: `Bearer ${key}` };
  await client.connect(new WebSocketClientTransport(new URL(`ws://127.0.0.1:${port}/mcp`), headers));
  const seen = new Map<string, Result>();
  for (const [index, { name, why, tool, arguments: argumentsOf, show, expect }] of steps.entries()) {
    const args = argumentsOf(seen);
    print.lines(callLines({ number: index + 1, why, tool, arguments: args }));
    print.progress("   waiting");
    const answer = await client.callTool({ name: tool, arguments: args });
    const result = resultSchema.parse(answer.structuredContent);
    seen.set(name, result);
    print.lines(resultLines(result, show));
    if (!tally.check(problemsOf(expect, result))) return client.close();
  }
  await client.close();
  checkSecrets(await cluster.requests());
  checkAudit(readFileSync(server.auditFile, "utf8"), seen);
  const metrics = await fetch(`http://127.0.0.1:${port}/metrics`);
  checkMetrics(await metrics.text());
}

function checkSecrets(requests: readonly string[]): void {
  const leaks = secretRequests(requests);
  print.line();
  print.line(`Requests for Secrets that reached the simulated cluster: ${leaks.length}`, "bold");
  tally.check(leaks.map((request) => `${request} reached the simulated cluster`));
}

function checkAudit(audit: string, seen: ReadonlyMap<string, Result>): void {
  print.line("Audit: the denied call, then the repair", "bold");
  const trails = { [deniedStep]: "decision", [repairStep]: "decision intent outcome" };
  for (const [step, kinds] of Object.entries(trails)) {
    const records = recordsOf(audit, seen.get(step)?.call_id ?? "");
    print.lines(records.map((record) => ({ text: `   ${recordLine(record)}`, style: "dim", isCut: true })));
    const found = records.map(({ kind }) => kind).join(" ");
    tally.check(found === kinds ? [] : [`the audit of "${step}" holds "${found}", not "${kinds}"`]);
  }
}

function checkMetrics(metrics: string): void {
  print.line("Metrics", "bold");
  for (const counter of counters) {
    const line = counterLine(metrics, counter);
    print.line(`   ${line ?? `${counter.name} is missing`}`, "dim");
    tally.check(line?.endsWith(" 1") === true ? [] : [`${counter.name} did not count once`]);
  }
}
