// Starts the simulated cluster as a process and writes a kubeconfig for it. Used by the demo, the full-stack tests and bench/.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import * as z from "zod";

export interface SimulatedCluster {
  /** Path of a kubeconfig with one context, `simulated`, in a temporary folder that only its owner can read. */
  readonly kubeconfig: string;
  readonly port: number;
  readonly pid: number;
  /** Resolves when the process has ended, by `stop` or by itself. */
  readonly ended: Promise<void>;
  /** What reached its API, oldest first, without discovery's query: `GET /api/v1/namespaces/default/pods`; the last 1000. */
  requests(): Promise<readonly string[]>;
  /** Those of them that changed an object: what reached the store, dry runs left out. */
  writes(): Promise<readonly string[]>;
  /** Ends the process and removes the kubeconfig; may be called again. */
  stop(): Promise<void>;
}

const startedSchema = z.strictObject({ port: z.int(), token: z.string() });
/** How long a process may take to end after SIGTERM, milliseconds. */
const patienceMs = 3000;

/** @throws Error when the process ends before it listens */
export async function startSimulatedCluster(): Promise<SimulatedCluster> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, "main.ts")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("exit", () => resolve());
  });
  const { port, token } = await firstLine(child, ended);
  const server = `http://127.0.0.1:${port}/${token}`;
  const folder = mkdtempSync(path.join(tmpdir(), "ai-sre-cluster-"));
  const kubeconfig = path.join(folder, "kubeconfig");
  writeFileSync(kubeconfig, kubeconfigFor(server), { mode: 0o600 });
  return {
    kubeconfig,
    port,
    pid: child.pid ?? 0,
    ended,
    requests: () => listAt(`${server}/simulated/requests`),
    writes: () => listAt(`${server}/simulated/writes`),
    stop: async () => {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
      await ended;
      clearTimeout(timer);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function listAt(url: string): Promise<readonly string[]> {
  const response = await fetch(url);
  return z.array(z.string()).parse(await response.json());
}

async function firstLine({ stdout }: ChildProcess, ended: Promise<void>) {
  if (stdout === null) throw new Error("the simulated cluster has no standard output");
  const lines = createInterface(stdout);
  const line = await Promise.race([once(lines, "line"), ended]);
  lines.close();
  if (line === undefined) throw new Error("the simulated cluster ended before it listened");
  return startedSchema.parse(JSON.parse(String(line[0])));
}

const kubeconfigFor = (server: string): string =>
  `${JSON.stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      "current-context": "simulated",
      clusters: [{ name: "simulated", cluster: { server } }],
      users: [{ name: "simulated", user: {} }],
      contexts: [{ name: "simulated", context: { cluster: "simulated", user: "simulated", namespace: "default" } }],
    },
    null,
    2,
  )}\n`;
