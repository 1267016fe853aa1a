// `make bench`: what a call costs beside bare kubectl, in one run. Options: --pairs N (100), --json. Figures are ratios or CPU
// where they can be: absolute times of a shared machine say little.
import { parseArgs } from "node:util";
import { type CallReport, measureCalls, roundsFor } from "./calls.ts";
import { type CachedReadsReport, measureCachedReads } from "./cached-reads.ts";
import { measureRungs, type Evaluations, type RungReport } from "./rungs.ts";
import { round } from "./statistics.ts";

const rungCalls = 3000;
const readTurns = 7;
const { values } = parseArgs({
  options: { pairs: { type: "string", default: "100" }, json: { type: "boolean", default: false } },
});
const pairs = Number(values.pairs);
if (!Number.isInteger(pairs) || pairs < 1) {
  console.error(`bench: --pairs must be a whole number from 1, not '${values.pairs}'`);
  process.exit(2);
}

const progress = (done: number): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r${done}/${roundsFor(pairs)} rounds `);
};
const rungs = await measureRungs(rungCalls);
const calls = await measureCalls(pairs, progress);
const reads = await measureCachedReads(readTurns);
if (process.stderr.isTTY) process.stderr.write("\r\u001B[K");
console.log(
  values.json ? JSON.stringify({ calls, rungs, reads }) : [describe(calls, rungs), describeReads(reads)].join("\n"),
);

function describeReads({ perSecond, share, cpuShare, cpuMsPerCall, cachedShare, turns }: CachedReadsReport): string {
  const rate = (perSecond: number, cpuMs: number): string => `${round(perSecond, 0)}/s, ${round(cpuMs)} ms CPU each`;
  return [
    `cached reads over HTTP, ${turns} turns, ${round(100 * cachedShare, 1)} % of them without a process`,
    `  judged, recorded on disk, answered           ${rate(perSecond.cached, cpuMsPerCall.cached)}`,
    `  a server of the same library that only answers  ${rate(perSecond.noOp, cpuMsPerCall.noOp)}`,
    `  share                                        ${round(share)} (aim 0.7 or more), by CPU ${round(cpuShare)}`,
  ].join("\n");
}

function describe({ bare, bareWithOurEnvironment, server, ratio, ...rest }: CallReport, own: RungReport): string {
  const row = (name: string, { p50, p95 }: CallReport["bare"]): string =>
    `  ${name.padEnd(44)} p50 ${round(p50, 1)} ms   p95 ${round(p95, 1)} ms`;
  const evaluationRow = (name: string, { p50, p99, evaluations }: Evaluations): string =>
    `  ${name.padEnd(44)} p50 ${round(p50, 0)} µs   p99 ${round(p99, 0)} µs   (${evaluations})`;
  const { idle, after } = rest.memoryMb;
  return [
    `kubectl get pods -o json, ${rest.pairs} interleaved rounds`,
    row("bare kubectl", bare),
    row("bare kubectl with the server's environment", bareWithOurEnvironment),
    row("through the server (WebSocket)", server),
    `  server / bare kubectl                        ${round(ratio.toBare)} (aim 1.05 or less)`,
    `  server / bare with the server's environment  ${round(ratio.toOurEnvironment)}`,
    "CPU of the server process",
    `  a call that runs kubectl, child excluded     ${round(rest.serverCpuMsPerCall)} ms`,
    `  a call that policy denies                    ${round(rest.deniedCpuMsPerCall)} ms`,
    `  our rungs alone (${own.calls} climbs, no process)  ${round(own.cpuMsPerCall)} ms (aim 3 or less)`,
    `policy, one evaluation (aim: p50 50 µs, p99 200 µs)`,
    evaluationRow("back to back", own.policyMicroseconds.backToBack),
    evaluationRow("between the disk writes of whole climbs", own.policyMicroseconds.inClimbs),
    "memory of the server process",
    `  idle ${round(idle.rss, 0)} MB resident, ${round(idle.anonymous, 0)} MB its own`,
    `  after ${round(after.rss, 0)} MB resident, ${round(after.anonymous, 0)} MB its own`,
  ].join("\n");
}
