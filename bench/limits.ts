// `make bench-limits`: the image under the pod's own limits, 256 MB and 0.2 CPU, called as n8n calls: one at a time, then ten at once.
// Says how long answers take, how many are answers, and what the container's memory reaches with all its children. Needs the image.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { findEngine, noEngine } from "../image/engine.ts";
import { buildImage } from "../image/build.ts";
import { imageProcessor } from "../scripts/processor.ts";
import { readAnswer } from "../test/helpers/answer.ts";
import { type AnyClient, clientKind } from "../test/helpers/clients.ts";
import { processesWith, startContainer, statusOf } from "../test/image/container.ts";
import { startHeldCluster } from "../test/image/held-cluster.ts";
import { quantile, round } from "./statistics.ts";

const { values } = parseArgs({
  options: {
    calls: { type: "string", default: "300" },
    burst: { type: "string", default: "10" },
    memory: { type: "string", default: "256" },
    cpus: { type: "string", default: "0.2" },
  },
});
const [calls, burst] = [Number(values.calls), Number(values.burst)];
/** Between bursts, and between single calls: what a workflow of a few steps leaves. */
const restMs = { burst: 5000, single: 1000 };

/** How often memory is looked at. */
const lookMs = 100;

/** A diagnosis as the templates for n8n make it, a repair that policy refuses, and what a model gets wrong. */
const workload: readonly (readonly [tool: string, own: Record<string, unknown>])[] = [
  ["kubectl_get", { resource: "pods", fresh: true }],
  ["kubectl_get", { resource: "deployments", output: "json", fresh: true }],
  ["kubectl_events", { fresh: true }],
  ["kubectl_describe", { resource: "deployment", name: "checkout", fresh: true }],
  ["kubectl_rollout_status", { resource: "deployment", name: "web", fresh: true }],
  ["cli_tool", { command: "kubectl get pods -o json | jq -r '.items[].metadata.name' | sort", fresh: true }],
  ["cli_tool", { command: "kubectl get secrets -o yaml" }],
  ["cli_tool", { command: "kubectl get pods; rm -rf /" }],
  ["cli_tool", { command: "grep -c error", stdin: "error\nfine\nerror\n" }],
  ["health_check", {}],
];

interface Answered {
  readonly tookMs: number;
  readonly isAnswer: boolean;
  readonly code: string;
}

/** A denial is an answer; a lost call, a limit of time and a fault of the server are none. */
const failures = new Set([
  "timed_out",
  "internal_error",
  "busy",
  "cancelled",
  "audit_unavailable",
  "policy_unavailable",
]);

async function ask(client: AnyClient, at: number): Promise<Answered> {
  const [tool, own] = workload[at % workload.length] ?? ["health_check", {}];
  const begun = performance.now();
  try {
    const { code } = readAnswer((await client.call(tool, own, { timeout: 60_000 })).structuredContent);
    return { tookMs: performance.now() - begun, isAnswer: !failures.has(code), code };
  } catch (error) {
    return {
      tookMs: performance.now() - begun,
      isAnswer: false,
      code: error instanceof Error ? error.message : "lost",
    };
  }
}

/** Two thirds come in bursts, the rest one by one between them. */
async function drive(client: AnyClient): Promise<readonly Answered[]> {
  const answers: Answered[] = [];
  while (answers.length < calls) {
    const many = Math.min(burst, calls - answers.length);
    const from = answers.length;
    answers.push(...(await Promise.all(Array.from({ length: many }, (_, offset) => ask(client, from + offset)))));
    await sleep(restMs.burst);
    for (let single = 0; single < burst / 2 && answers.length < calls; single += 1) {
      answers.push(await ask(client, answers.length * 3));
      await sleep(restMs.single);
    }
    if (process.stderr.isTTY) process.stderr.write(`\r${answers.length}/${calls} calls `);
  }
  return answers;
}

/** The container's control group as the kernel counts it: all processes, and the file cache that can be taken back. */
function memoryOf(pid: number) {
  const lines = readFileSync(`/proc/${pid}/cgroup`, "utf8").split("\n");
  const first = lines.find((line) => line.includes(":memory:"))?.split(":memory:")[1];
  const folder =
    first === undefined
      ? path.join("/sys/fs/cgroup", lines.find((line) => line.startsWith("0::"))?.slice(3) ?? "")
      : path.join("/sys/fs/cgroup/memory", first);
  const read = (...names: readonly string[]): string => {
    const file = names.map((name) => path.join(folder, name)).find((name) => existsSync(name));
    return file === undefined ? "" : readFileSync(file, "utf8").trim();
  };
  const inactive = (): number => Number(/^(?:total_)?inactive_file (\d+)$/m.exec(read("memory.stat"))?.[1] ?? 0);
  return {
    /** As the kubelet counts it when it decides whom to evict. */
    workingSetMb: () => (Number(read("memory.usage_in_bytes", "memory.current")) - inactive()) / 1e6,
    peakMb: () => Number(read("memory.max_usage_in_bytes", "memory.peak")) / 1e6,
    kills: () => Number(/^oom_kill (\d+)$/m.exec(`${read("memory.oom_control")}\n${read("memory.events")}`)?.[1] ?? 0),
  };
}

/**
 * What all processes of the container hold in memory, a page that several share counted once: programs' own files too, which the
 * control group is not charged for when somebody else read them first.
 */
function residentMb(init: number): number {
  const kilobytes = processesWith(init).map((pid) => {
    try {
      return Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0);
    } catch {
      // It ended meanwhile.
      return 0;
    }
  });
  return kilobytes.reduce((sum, one) => sum + one, 0) / 1000;
}

const engine = findEngine();
if (engine === undefined) {
  console.log(`bench-limits: not run here (${noEngine})`);
  process.exit(0);
}
const image = buildImage(engine, imageProcessor(undefined));
const cluster = await startHeldCluster();
const container = await startContainer(engine, image, {
  files: { [cluster.kubeconfig]: "/etc/ai-sre/kubeconfig" },
  environment: { KUBECONFIG: "/etc/ai-sre/kubeconfig" },
  flags: ["--memory", `${values.memory}m`, "--memory-swap", `${values.memory}m`, "--cpus", values.cpus],
});
try {
  const memory = memoryOf(container.server);
  const look = () => ({ charged: memory.workingSetMb(), resident: residentMb(container.init) });
  const idle = look();
  const highest = { ...idle };
  const looking = setInterval(() => {
    const now = look();
    highest.charged = Math.max(highest.charged, now.charged);
    highest.resident = Math.max(highest.resident, now.resident);
  }, lookMs);
  const client = await clientKind("SDK 1.26 as n8n embeds it, over HTTP, 2025-11-25").connect(container);
  const answers = await drive(client);
  clearInterval(looking);
  await client.close();
  const took = answers.map(({ tookMs }) => tookMs);
  const lost = answers.filter(({ isAnswer }) => !isAnswer);
  const codes = Object.entries(Object.groupBy(answers, ({ code }) => code)).map(
    ([code, of]) => `${of?.length} ${code}`,
  );
  console.log(
    [
      `${calls} calls in bursts of ${burst}, ${values.memory} MB and ${values.cpus} CPU`,
      `  ready after                  ${round(container.startMs / 1000, 1)} s`,
      `  time to the answer           p50 ${round(quantile(took, 0.5), 0)} ms   p95 ${round(quantile(took, 0.95), 0)} ms (aim below 5000)   longest ${round(quantile(took, 1), 0)} ms`,
      `  answers                      ${round((100 * (calls - lost.length)) / calls, 1)} % (aim 95 or more): ${codes.join(", ")}`,
      `  all processes hold           ${round(idle.resident, 0)} MB idle, ${round(highest.resident, 0)} MB at most (aim below ${values.memory})`,
      `  the control group is charged ${round(idle.charged, 0)} MB idle, ${round(highest.charged, 0)} MB at most; with the file cache ${round(memory.peakMb(), 0)} MB`,
      `  killed for want of memory    ${memory.kills()}`,
      `  the server is the one that began: ${statusOf(container.server, "Name") === "" ? "no" : "yes"}`,
    ].join("\n"),
  );
} finally {
  container.remove();
  await cluster.stop();
}
