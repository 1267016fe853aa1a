// `make bench`: what the sandbox's helper costs a command, beside the same command without it, in pairs of one run. Option:
// --pairs N (200).
import path from "node:path";
import { parseArgs } from "node:util";
import type { Availability } from "../src/domain/ports.ts";
import { type Box, boxingOf, findBox } from "../src/execution/box.ts";
import { findBinaries } from "../src/execution/binaries.ts";
import { grantsFor } from "../src/execution/grants.ts";
import { run } from "../src/execution/run.ts";
import { median, quantile, round } from "./statistics.ts";

const { values } = parseArgs({ options: { pairs: { type: "string", default: "200" } } });
const pairs = Number(values.pairs);
const tools = path.resolve(import.meta.dirname, "../.tools/bin");
const programs = [
  { name: "cat", profile: "text", parameters: [], versionPattern: /coreutils\) ([0-9.]+)/ },
  { name: "kubectl", profile: "kubectl", parameters: ["version", "--client"], versionPattern: /v([0-9.]+)/ },
] as const;

const { box } = await findBox("prefer", [tools]);
if (box === undefined) console.log("sandbox: the helper is not built (`make sandbox` needs cargo)");
else for (const program of programs) await measure(program, box);

async function measure({ name, profile, parameters, versionPattern }: (typeof programs)[number], box: Box) {
  const probe = name === "kubectl" ? parameters : ["--version"];
  const spec = { name, sandbox: profile, probe, versionPattern, atLeast: "1", below: "99" };
  const surroundings = { environments: () => ({}), cwd: "/", box };
  const found = (await findBinaries([spec], [tools, "/usr/bin", "/bin"], surroundings)).get(name);
  if (found?.available !== true) return console.log(`  ${name}: not installed`);
  const boxing = boxingOf(box, found.files, grantsFor({ profile, egress: false, changes: false }, {}));
  const free: number[] = [];
  const boxed: number[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    // Who goes first changes, so that neither always meets the warmer machine.
    const both = [() => time(found, parameters, {}, free), () => time(found, parameters, boxing, boxed)];
    for (const one of pair % 2 === 0 ? both : both.toReversed()) await one();
  }
  const added = free.map((ms, pair) => (boxed[pair] ?? Number.NaN) - ms);
  const row = (what: string, samples: readonly number[]) =>
    `  ${what.padEnd(44)} p50 ${round(median(samples))} ms   p95 ${round(quantile(samples, 0.95))} ms   min ${round(quantile(samples, 0))} ms`;
  console.log(
    [`${name} ${parameters.join(" ")}, ${pairs} pairs`, row("without the helper", free), row("with it", boxed)].join(
      "\n",
    ),
  );
  console.log(
    `  the helper adds p50 ${round(median(added))} ms (aim 1.5 or less), ratio ${round(median(boxed) / median(free))}`,
  );
}

async function time(
  found: Extract<Availability, { available: true }>,
  parameters: readonly string[],
  boxing: ReturnType<typeof boxingOf>,
  samples: number[],
): Promise<void> {
  const startedAt = performance.now();
  const end = await run({
    ...boxing,
    file: found.path,
    parameters,
    environment: { LC_ALL: "C.UTF-8", HOME: "/nonexistent" },
    cwd: "/",
    maxStdoutBytes: 65_536,
    maxStderrBytes: 65_536,
    timeoutMs: 20_000,
    alive: new Set(),
  });
  samples.push(performance.now() - startedAt);
  if (end.exitCode !== 0) throw new Error(`${found.path} ended with ${end.exitCode ?? end.signal ?? end.refused}`);
}
