// What a reviewer waits for: a diff of two policies over ten thousand inputs, and one explanation with its search for the
// smallest change. In one run, and beside what the same judgements cost the server: ratios, not promises.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadConfig } from "../src/config/load.ts";
import { type Asked, askedSchema } from "../src/desk/asked.ts";
import { diffSides } from "../src/desk/diff.ts";
import { explain } from "../src/desk/explain.ts";
import { openSide } from "../src/desk/side.ts";
import { median, quantile, round } from "./statistics.ts";

const inputs = 10_000;
const corpus = readFileSync(path.join(import.meta.dirname, "../test/corpus/calls.jsonl"), "utf8")
  .trim()
  .split("\n");
const { policy, serverUrl } = loadConfig({
  GITHUB_REPO: "o/r",
  PROMETHEUS_URL: "http://prometheus.monitoring.svc:9090",
  ALERTMANAGER_URL: "http://alertmanager.monitoring.svc:9093",
  FLUX_NAMESPACE: "flux-system",
});
const before = await openSide(policy, serverUrl);
const after = await openSide({ ...policy, dataFile: "namespaces: [default, kube-system]\n" }, serverUrl);

/** The corpus as often as it takes; the caller differs each time, so that no answer is remembered. */
const lines = Array.from({ length: inputs }, (_none, at) => {
  const call: object = JSON.parse(corpus[at % corpus.length] ?? "{}");
  return JSON.stringify({ ...call, id: `${at}`, principal: { id: `caller-${at}`, roles: ["operator"] } });
});
const asked: readonly Asked[] = lines.map((line) => askedSchema.parse(JSON.parse(line)));

function milliseconds(work: () => unknown): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

const folder = mkdtempSync(path.join(tmpdir(), "aisre-bench-"));
try {
  const file = path.join(folder, "calls.jsonl");
  writeFileSync(file, lines.join("\n"));
  for (const one of asked.slice(0, 2000)) before.judge(one);
  const judgedMs = milliseconds(() => asked.forEach((one) => before.judge(one)));
  const began = performance.now();
  const { compared, widened } = await diffSides(before, after, [file]);
  const diffMs = performance.now() - began;
  const times = asked.slice(0, corpus.length).map((one) => milliseconds(() => explain(before, one)));
  console.log(`judging ${inputs} calls once          ${round(judgedMs / 1000)} s`);
  console.log(
    `policy diff of them, two policies   ${round(diffMs / 1000)} s (${compared} compared, ${widened} freer): ${round(diffMs / judgedMs, 1)} × judging once`,
  );
  console.log(
    `policy explain, one call            median ${round(median(times), 1)} ms, p99 ${round(quantile(times, 0.99), 0)} ms: ${round(median(times) / (judgedMs / inputs), 0)} × judging it once`,
  );
} finally {
  rmSync(folder, { recursive: true });
}
