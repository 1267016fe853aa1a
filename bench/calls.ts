// Bare kubectl against the same command through the server, interleaved: whatever else the machine does hits all alike.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { execa } from "execa";
import { startSimulatedCluster } from "../demo/cluster/start.ts";
import { WebSocketClientTransport } from "../src/cli/websocket-client.ts";
import { createEnvironments } from "../src/execution/environment.ts";
import { startServer } from "../test/helpers/server.ts";
import { memoryMb, ownCpuMs } from "./processes.ts";
import { median, quantile } from "./statistics.ts";

const kubectl = path.resolve(import.meta.dirname, "../.tools/bin/kubectl");
const parameters = ["get", "pods", "-o", "json"];
const warmUp = 10;

export interface CallReport {
  readonly pairs: number;
  readonly bare: Spread;
  /** kubectl with the environment that the server gives it (GOGC, GOMEMLIMIT). */
  readonly bareWithOurEnvironment: Spread;
  readonly server: Spread;
  /** Medians of server over bare, paired. */
  readonly ratio: { readonly toBare: number; readonly toOurEnvironment: number };
  /** The server process's own CPU for one such call, protocol and starting the child included, milliseconds. */
  readonly serverCpuMsPerCall: number;
  /** The same for a call that policy denies: nothing is started. */
  readonly deniedCpuMsPerCall: number;
  readonly memoryMb: { readonly idle: Memory; readonly after: Memory };
}

interface Spread {
  readonly p50: number;
  readonly p95: number;
}
type Memory = ReturnType<typeof memoryMb>;

const spread = (samples: readonly number[]): Spread => ({ p50: median(samples), p95: quantile(samples, 0.95) });

async function timed(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work();
  return performance.now() - before;
}

/** Measures `pairs` rounds; each round runs every variant once, in an order that rotates. */
export async function measureCalls(pairs: number, onRound: (round: number) => void): Promise<CallReport> {
  const folder = mkdtempSync(path.join(tmpdir(), "aisre-bench-"));
  const cluster = await startSimulatedCluster();
  const dataFile = path.join(folder, "site.yaml");
  writeFileSync(dataFile, "rate_limit: { per_principal: 9999/1s, burst: 9999 }\n");
  const server = await startServer({ KUBECONFIG: cluster.kubeconfig, AISRE_POLICY_DATA: dataFile, LOG_LEVEL: "info" });
  const client = new Client({ name: "bench", version: "1.0.0" });
  try {
    const headers = { Authorization: `Bearer ${server.key}` };
    await client.connect(new WebSocketClientTransport(new URL(server.wsUrl), headers));
    const idle = memoryMb(server.pid);

    const run = async (env: Readonly<Record<string, string>>): Promise<void> => {
      await execa(kubectl, parameters, { env, extendEnv: false, stdin: "ignore" });
    };
    const plain = { HOME: folder, KUBECONFIG: cluster.kubeconfig, KUBECACHEDIR: path.join(folder, "plain") };
    const ours = createEnvironments({
      homeDir: folder,
      cacheDir: path.join(folder, "ours"),
      kubeconfig: cluster.kubeconfig,
    })("kubectl");
    const call = async (tool: string, outcome: string, given: Record<string, unknown>): Promise<void> => {
      const { structuredContent } = await client.callTool({ name: tool, arguments: given });
      if (JSON.stringify(structuredContent).includes(`"outcome":"${outcome}"`)) return;
      throw new Error(`not ${outcome}: ${JSON.stringify(structuredContent)}`);
    };
    let serverCpu = 0;
    const throughServer = async (): Promise<void> => {
      const before = ownCpuMs(server.pid);
      await call("kubectl_get", "succeeded", { resource: "pods", output: "json", fresh: true });
      serverCpu += ownCpuMs(server.pid) - before;
    };

    const variants = [() => run(plain), () => run(ours), throughServer];
    const samples: number[][] = variants.map(() => []);
    for (let round = -warmUp; round < pairs; round += 1) {
      if (round === 0) serverCpu = 0;
      for (let turn = 0; turn < variants.length; turn += 1) {
        const index = (round + warmUp + turn) % variants.length;
        const variant = variants[index];
        if (variant === undefined) continue;
        const ms = await timed(variant);
        if (round >= 0) samples[index]?.push(ms);
      }
      onRound(round + warmUp + 1);
    }
    const [bare = [], bareWithOurs = [], through = []] = samples;
    const after = memoryMb(server.pid);

    const denials = 500;
    const before = ownCpuMs(server.pid);
    for (let at = 0; at < denials; at += 1) await call("cli_tool", "denied", { command: "kubectl get secrets" });
    const deniedCpuMsPerCall = (ownCpuMs(server.pid) - before) / denials;

    const ratioTo = (others: readonly number[]) => median(through.map((ms, at) => ms / (others[at] ?? Number.NaN)));
    return {
      pairs,
      bare: spread(bare),
      bareWithOurEnvironment: spread(bareWithOurs),
      server: spread(through),
      ratio: { toBare: ratioTo(bare), toOurEnvironment: ratioTo(bareWithOurs) },
      serverCpuMsPerCall: serverCpu / pairs,
      deniedCpuMsPerCall,
      memoryMb: { idle, after },
    };
  } finally {
    await client.close();
    await server.close();
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Rounds that `measureCalls` runs for `pairs`, warm-up included. */
export const roundsFor = (pairs: number): number => pairs + warmUp;
