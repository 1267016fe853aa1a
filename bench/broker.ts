// Part of `make bench`: what the broker adds to a request and to a megabyte, against asking the same server directly, interleaved in
// one run. The server is a process of its own; client and broker share this one, so CPU is told as a difference. Options: --json.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { createBroker } from "../src/broker/broker.ts";
import { understand } from "../src/command/understand.ts";
import type { Command } from "../src/domain/command.ts";
import { median, quantile, round } from "./statistics.ts";

const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });
const rounds = 1500;
const warmUp = 200;
const bulks = 12;
const bulkMb = 32;
const command = judgedCommand();
const listPath = "/api/v1/namespaces/default/pods";
const script = `
const { createServer } = require("node:http");
const chunk = Buffer.alloc(1024 * 1024, "x");
const server = createServer(async (request, response) => {
  if (!request.url.includes("limit=")) return response.end('{"kind":"PodList","items":[]}');
  for (let mb = 0; mb < ${bulkMb}; mb += 1) if (!response.write(chunk)) await new Promise((go) => response.once("drain", go));
  response.end();
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
`;

interface Way {
  readonly port: number;
  readonly path: (target: string) => string;
  readonly headers: Readonly<Record<string, string>>;
  readonly agent: Agent;
}

const server = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
const folder = mkdtempSync(path.join(tmpdir(), "aisre-bench-"));
try {
  console.log(describe(await measure(await portOf(server))));
} finally {
  server.kill("SIGTERM");
  rmSync(folder, { recursive: true, force: true });
}

async function measure(upstreamPort: number) {
  const url = `http://127.0.0.1:${upstreamPort}`;
  const broker = await createBroker({
    socket: path.join(folder, "s"),
    cluster: () => upstream,
    namedPlaces: () => new Set(),
    onRefused: ({ message }) => console.error(`refused: ${message}`),
    onFault: (error) => console.error(error),
  });
  const upstream = { url, authorization: "Bearer bench" };
  const lease = () => broker.open({ callId: "bench", command });
  const ways: readonly (() => Way)[] = [
    () => ({ port: upstreamPort, path: (target) => target, headers: {}, agent: direct }),
    () => ({
      port: broker.port,
      path: (target) => `http://kubernetes.aisre${target}`,
      headers: headersOf(held),
      agent: proxied,
    }),
  ];
  const direct = new Agent({ keepAlive: true });
  const proxied = new Agent({ keepAlive: true });
  let held = lease();

  const samples: readonly number[][] = [[], []];
  const cpuMs = [0, 0];
  for (let at = -warmUp; at < rounds; at += 1) {
    // One command makes few requests, each command has its own lease.
    if (at % 10 === 0) {
      held?.close();
      held = lease();
    }
    for (const turn of [0, 1]) {
      const index = (turn + Math.abs(at)) % 2;
      const way = ways[index]?.();
      if (way === undefined) continue;
      const before = { ms: performance.now(), cpu: process.cpuUsage() };
      await get(way, listPath);
      if (at < 0) continue;
      samples[index]?.push(performance.now() - before.ms);
      cpuMs[index] = (cpuMs[index] ?? 0) + cpuSince(before.cpu);
    }
  }
  const bulkMs: readonly number[][] = [[], []];
  const bulkCpuMs = [0, 0];
  for (let at = 0; at < bulks; at += 1) {
    for (const index of at % 2 === 0 ? [0, 1] : [1, 0]) {
      const way = ways[index]?.();
      if (way === undefined) continue;
      const before = { ms: performance.now(), cpu: process.cpuUsage() };
      const bytes = await get(way, `${listPath}?limit=500`);
      if (bytes !== bulkMb * 1024 * 1024) throw new Error(`only ${bytes} bytes came`);
      bulkMs[index]?.push(performance.now() - before.ms);
      bulkCpuMs[index] = (bulkCpuMs[index] ?? 0) + cpuSince(before.cpu);
    }
  }
  broker.close();
  for (const agent of [direct, proxied]) agent.destroy();
  const [alone = [], through = []] = samples;
  const [aloneBulk = [], throughBulk = []] = bulkMs;
  const difference = ([one = 0, other = 0]: readonly number[], count: number): number => (other - one) / count;
  return {
    rounds,
    request: {
      direct: { p50: median(alone), p95: quantile(alone, 0.95) },
      broker: { p50: median(through), p95: quantile(through, 0.95) },
      ratio: median(through) / median(alone),
      cpuMicroseconds: difference(cpuMs, rounds) * 1000,
    },
    megabyte: {
      directMs: median(aloneBulk) / bulkMb,
      brokerMs: median(throughBulk) / bulkMb,
      ratio: median(throughBulk) / median(aloneBulk),
      cpuMs: difference(bulkCpuMs, bulks * bulkMb),
    },
  };
}

function judgedCommand(): Command {
  const settings = { defaultNamespace: "default", fluxNamespace: "flux-system", kinds: [] };
  const read = understand({ action: "command", steps: [{ commandLine: "kubectl get pods" }] }, settings);
  const judged = read.ok ? read.plan.steps[0]?.stages[0] : undefined;
  if (judged === undefined) throw new Error("the grammar does not understand the command");
  return judged;
}

function headersOf(lease: { readonly environment: Readonly<Record<string, string>> } | undefined) {
  const { username } = new URL(lease?.environment["http_proxy"] ?? "http://none");
  const login = Buffer.from(`${username}:x`).toString("base64");
  return { host: "kubernetes.aisre", "proxy-authorization": `Basic ${login}` };
}

/** How many bytes came. */
function get({ port, path: pathOf, headers, agent }: Way, target: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, path: pathOf(target), headers, agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`));
      let bytes = 0;
      response.on("data", (chunk: Buffer) => (bytes += chunk.length));
      response.on("end", () => resolve(bytes));
      response.on("error", reject);
    })
      .on("error", reject)
      .end();
  });
}

function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function portOf({ stdout }: ChildProcess): Promise<number> {
  if (stdout === null) throw new Error("the server has no standard output");
  const [line] = await once(stdout, "data");
  return Number(String(line));
}

function describe({ request: one, megabyte, ...rest }: Awaited<ReturnType<typeof measure>>): string {
  if (values.json) return JSON.stringify({ broker: { request: one, megabyte, ...rest } });
  const row = (name: string, { p50, p95 }: { readonly p50: number; readonly p95: number }): string =>
    `  ${name.padEnd(44)} p50 ${round(p50)} ms   p95 ${round(p95)} ms`;
  return [
    `a request through the broker, ${rest.rounds} interleaved rounds`,
    row("directly", one.direct),
    row("through the broker", one.broker),
    `  broker / direct                              ${round(one.ratio)}`,
    `  CPU that the broker adds                     ${round(one.cpuMicroseconds, 0)} µs a request`,
    `a megabyte through the broker`,
    `  directly ${round(megabyte.directMs)} ms, through the broker ${round(megabyte.brokerMs)} ms: ${round(megabyte.ratio)} times`,
    `  CPU that the broker adds                     ${round(megabyte.cpuMs)} ms a megabyte`,
  ].join("\n");
}
