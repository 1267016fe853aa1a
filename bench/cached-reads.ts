// Cached reads a second as a share of what a server that does nothing answers with the same bytes, with the same protocol library
// and its own HTTP handler, in turns of one run. Every read is judged by policy and recorded on disk before it is answered.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import * as z from "zod";
import { startSimulatedCluster } from "../demo/cluster/start.ts";
import { startServer } from "../test/helpers/server.ts";
import { ownCpuMs } from "./processes.ts";
import { median } from "./statistics.ts";

/** Calls that are under way at the same time: enough for both servers to be what is waited for. */
const atOnce = 64;
const callsPerTurn = 1000;

export interface CachedReadsReport {
  readonly turns: number;
  /** Medians over the turns, calls a second. */
  readonly perSecond: { readonly cached: number; readonly noOp: number };
  /** Median of cached over no-op, paired. */
  readonly share: number;
  /** The same by CPU for one call: what the share comes to where nothing else runs and nobody waits for the disk. */
  readonly cpuShare: number;
  /** CPU of the server process for one call, milliseconds. */
  readonly cpuMsPerCall: { readonly cached: number; readonly noOp: number };
  /** Reads that no process was started for, of all. */
  readonly cachedShare: number;
}

interface Target {
  readonly port: number;
  readonly pid: number;
  readonly path: string;
  readonly key: string;
}

export async function measureCachedReads(turns: number): Promise<CachedReadsReport> {
  const folder = mkdtempSync(path.join(tmpdir(), "aisre-bench-"));
  const dataFile = path.join(folder, "site.yaml");
  writeFileSync(dataFile, "limits: { cache_ttl_ms: 2000 }\n");
  const cluster = await startSimulatedCluster();
  const server = await startServer({ KUBECONFIG: cluster.kubeconfig, AISRE_POLICY_DATA: dataFile });
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const ours: Target = { port: Number(new URL(server.base).port), pid: server.pid, path: "/mcp/http", key: server.key };
  await call(agent, ours);
  const noOp = await startNoOp(await call(agent, ours));
  let cached = 0;
  const turn = async (target: Target): Promise<{ readonly perSecond: number; readonly cpuMs: number }> => {
    const before = { cpu: ownCpuMs(target.pid), at: performance.now() };
    let left = callsPerTurn;
    const worker = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        const answer = await call(agent, target);
        if (target === ours && answer.includes('"cached_from"')) cached += 1;
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    const seconds = (performance.now() - before.at) / 1000;
    return { perSecond: callsPerTurn / seconds, cpuMs: (ownCpuMs(target.pid) - before.cpu) / callsPerTurn };
  };
  try {
    for (const target of [ours, noOp.target, ours, noOp.target]) await turn(target);
    cached = 0;
    const samples = { ours: [await turn(ours)], noOp: [await turn(noOp.target)] };
    for (let at = 1; at < turns; at += 1) {
      samples.noOp.push(await turn(noOp.target));
      samples.ours.push(await turn(ours));
    }
    const shares = samples.ours.map(({ perSecond }, at) => perSecond / (samples.noOp[at]?.perSecond ?? Number.NaN));
    const cpuShares = samples.ours.map(({ cpuMs }, at) => (samples.noOp[at]?.cpuMs ?? Number.NaN) / cpuMs);
    return {
      turns,
      perSecond: {
        cached: median(samples.ours.map(({ perSecond }) => perSecond)),
        noOp: median(samples.noOp.map(({ perSecond }) => perSecond)),
      },
      share: median(shares),
      cpuShare: median(cpuShares),
      cpuMsPerCall: {
        cached: median(samples.ours.map(({ cpuMs }) => cpuMs)),
        noOp: median(samples.noOp.map(({ cpuMs }) => cpuMs)),
      },
      cachedShare: cached / (turns * callsPerTurn),
    };
  } finally {
    agent.destroy();
    noOp.stop();
    await server.close();
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Answers always what our server has answered once. */
async function startNoOp(answer: string): Promise<{ readonly target: Target; readonly stop: () => void }> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, "no-op-server.ts")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const { result } = z.looseObject({ result: z.unknown() }).parse(JSON.parse(answer));
  child.stdin.write(`${JSON.stringify(result)}\n`);
  for await (const line of createInterface({ input: child.stdout })) {
    const target = { port: Number(line), pid: child.pid ?? 0, path: "/", key: "none" };
    return { target, stop: () => child.stdin.end() };
  }
  throw new Error("the no-op server did not start");
}

const body = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "tools/call",
  params: { name: "kubectl_get", arguments: { resource: "pods", output: "name" } },
});

/** One tools/call; rejects for everything that is not a result. */
function call(agent: Agent, { port, path: place, key }: Target): Promise<string> {
  const headers = {
    Authorization: `Bearer ${key}`,
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(body),
    Accept: "application/json, text/event-stream",
    "MCP-Protocol-Version": "2025-11-25",
  };
  return new Promise((resolve, reject) => {
    const sent = request({ agent, host: "127.0.0.1", port, path: place, method: "POST", headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        const isResult = response.statusCode === 200 && text.includes('"content"') && !text.includes('"isError":true');
        if (isResult) resolve(text);
        else reject(new Error(`not a result: ${response.statusCode} ${text.slice(0, 500)}`));
      });
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
