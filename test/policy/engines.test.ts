// Two engines, one answer: every question that the corpus comes to, and generated ones (AISRE_ENGINE_INPUTS says how many,
// AISRE_ENGINE_SEED which), asked of OPA's own engine and of the WASM. opa is built by `make check` or `make policy`; where it
// is not there, this counts as skipped.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { stringify } from "yaml";
import * as z from "zod";
import { stageForBuild } from "../../src/desk/sources.ts";
import { builtTool, opaTool } from "../../scripts/policy-tools.ts";
import { composePolicy } from "../../src/compose/policy.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { Role } from "../../src/domain/principal.ts";
import { assumedObservation } from "../../src/gate/assume.ts";
import { judge } from "../../src/gate/judge.ts";
import { encodeData, loadBundle } from "../../src/policy/bundle.ts";
import { createEvaluator } from "../../src/policy/evaluator.ts";
import { toPolicyData } from "../../src/policy/site-data.ts";
import { generateInputs } from "./generated-inputs.ts";
import { buildFolder, root } from "./setup.ts";

const opa = builtTool(root, opaTool);
const generated = Number(process.env["AISRE_ENGINE_INPUTS"] ?? 1000);
const seed = Number(process.env["AISRE_ENGINE_SEED"] ?? 1);
const row = z.looseObject({ tool: z.string(), arguments: z.unknown() });
const rows = readFileSync(path.join(root, "test/corpus/calls.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => row.parse(JSON.parse(line)));

/** The site that the corpus' verdicts are those of. */
const { policy, settings } = composePolicy(
  loadConfig({
    GITHUB_REPO: "o/r",
    PROMETHEUS_URL: "http://prometheus.monitoring.svc:9090",
    ALERTMANAGER_URL: "http://alertmanager.monitoring.svc:9093",
    FLUX_NAMESPACE: "flux-system",
  }).policy,
  { clock: { now: () => Date.UTC(2026, 0, 1, 12), monotonic: () => 0 } },
);
const site = toPolicyData(policy.siteData);
const assume = assumedObservation({ repository: "o/r", serverUrl: "https://github.com" });

/** Every input that the rows come to: one per stage and per file, each text once. */
function inputsOf(...held: readonly Role[]): readonly string[] {
  const principal = { id: "n8n", roles: held, authenticatedBy: "bearer" } as const;
  return rows.flatMap(({ tool, arguments: raw }) => {
    const call = { callId: "1", tool, arguments: raw, principal, transport: "http" } as const;
    const judgement = judge(call, policy, settings, assume);
    return judgement.kind === "refused"
      ? []
      : judgement.stages.flatMap(({ evaluation: { input } }) => (input === undefined ? [] : [input]));
  });
}

/** Keys in order, lists as they came: equal answers are equal bytes. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, part) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1)))
      : part,
  );

describe.skipIf(opa === undefined)("OPA's own engine and the WASM", () => {
  const inputs = [...new Set([...inputsOf("operator"), ...inputsOf("viewer")])];

  it.each(["decision", "explain"])("agree byte for byte on every question of the corpus: %s", (entrypoint) => {
    expect(inputs.length).toBeGreaterThan(rows.length / 2);
    expect(differing(entrypoint, inputs)).toEqual([]);
  });

  it(
    `agree on ${generated} generated inputs (AISRE_ENGINE_SEED=${seed}), whole and broken`,
    { timeout: 900_000 },
    () => {
      const made = [...new Set(generateInputs([...inputs, ...caseInputs()], generated, seed))];
      expect(made.length).toBeGreaterThan(generated * 0.9);
      expect(differing("decision", made)).toEqual([]);
    },
  );
});

/** Inputs that are answered otherwise, with both answers. */
function differing(entrypoint: string, inputs: readonly string[]) {
  const native = askOpa(opa ?? "", entrypoint, inputs);
  const bundle = loadBundle(buildFolder);
  const evaluator = createEvaluator(bundle.module, encodeData({ ...bundle.data, site }));
  return inputs.flatMap((input, at) => {
    const result = evaluator.evaluate(`aisre/authz/${entrypoint}`, encodeData(JSON.parse(input)));
    const [wasm, own] = [result.ok ? canonical(result.value) : "no answer", canonical(native[at]) ?? "no answer"];
    return wasm === own ? [] : [{ input, wasm, own }];
  });
}

const caseInputs = (): readonly string[] =>
  z
    .array(z.object({ input: z.json() }))
    .parse(JSON.parse(readFileSync(path.join(buildFolder, "cases.json"), "utf8")))
    .map(({ input }) => JSON.stringify(input));

/** An input on which the policy contradicts itself has an error in the place of a result. */
const answers = z.object({ result: z.array(z.object({ path: z.string(), result: z.unknown().optional() })) });

/** One process for all inputs, over the Rego and the site's data. */
function askOpa(program: string, entrypoint: string, inputs: readonly string[]): readonly unknown[] {
  const folder = mkdtempSync(path.join(tmpdir(), "ai-sre-engines-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const bundle = path.join(folder, "policy");
  stageForBuild(path.join(root, "policies"), bundle);
  writeFileSync(path.join(bundle, "site/data.yaml"), stringify(site));
  mkdirSync(path.join(folder, "in"));
  inputs.forEach((input, at) => writeFileSync(path.join(folder, "in", `${at}.json`), input));
  const parameters = ["exec", "--bundle", bundle, "--decision", `aisre/authz/${entrypoint}`, "in"];
  const run = spawnSync(program, parameters, { cwd: folder, encoding: "utf8", maxBuffer: 256 * 1024 * 1024 });
  expect(run.status, run.stderr).toBe(0);
  const found = answers.parse(JSON.parse(run.stdout)).result;
  expect(found.length).toBe(inputs.length);
  const byPlace = new Map(found.map(({ path: file, result }) => [Number(path.basename(file, ".json")), result]));
  return inputs.map((_input, at) => byPlace.get(at));
}
