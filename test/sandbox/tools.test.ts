// The real tools behind their walls: what they answer there is what they answer without. Tools that are not installed are skipped.
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { understand } from "../../src/command/understand.ts";
import { type ComposedExecution, composeExecution } from "../../src/compose/execution.ts";
import type { SandboxMode } from "../../src/domain/sandbox.ts";
import { toRequest } from "../execution/setup.ts";
import { missing } from "./setup.ts";

const further = (process.env["AISRE_TEST_TOOLS"] ?? "").split(":").filter((folder) => folder !== "");
const toolPath = [...further, path.resolve(import.meta.dirname, "../../.tools/bin"), "/usr/bin", "/bin"];
const settings = { defaultNamespace: "default", fluxNamespace: "flux-system", kinds: [] };
const clock = { now: () => Date.now(), monotonic: () => performance.now() };

const lines = "béta 2\nalpha 10\nGAMMA 3\nalpha 10\n";
const object = JSON.stringify({ items: [{ name: "web-1", phase: "Running", größe: 3 }] });

/** Command line, standard input. */
const rows: readonly (readonly [string, string])[] = [
  ["jq -r '.items[] | [.name, .phase, .[\"größe\"]] | @tsv'", object],
  ["jq 'now | type'", "null"],
  ["yq '.a.b'", "a: {b: [1, 2]}\n"],
  ["sed -E 's/^([[:alpha:]]+) ([0-9]+)$/\\2 \\1/'", lines],
  ["gawk '{ sum += $2 } END { print toupper(\"ä\"), sum }'", lines],
  ["grep -i -n 'BÉTA\\|gamma'", lines],
  ["grep -E '^[[:alpha:]]+ 1'", lines],
  ["sort -k2,2n", lines],
  ["sort -u", lines.repeat(2000)],
  ["uniq -c", lines],
  ["wc -m", lines],
  ["cut -d ' ' -f 1", lines],
  ["tr a-z A-Z", lines],
  ["head -n 2", lines],
  ["tail -n 2", lines],
  ["nl", lines],
  ["tac", lines],
  ["rev", lines],
  ["column -t", lines],
  ["paste -s -d, -", lines],
  ["base64", lines],
  ["cat -n", lines],
  ["date -u -d @0 +%Y-%m-%dT%H:%M:%S%z", ""],
];

describe.skipIf(missing !== undefined)("a tool behind its walls", () => {
  let boxed: ComposedExecution;
  let free: ComposedExecution;
  const composed = (sandbox: SandboxMode) =>
    composeExecution(
      { toolPath, sandbox, helperPath: toolPath, maxConcurrency: 1, maxQueue: 1 },
      { clock, serverUrl: "https://github.com" },
    );

  beforeAll(async () => {
    [boxed, free] = await Promise.all([composed("require"), composed("off")]);
  });
  afterAll(() => {
    boxed.abandon();
    free.abandon();
  });

  it.for(rows)("answers as it does without: %s", async ([command, stdin], { skip }) => {
    const read = understand({ action: "command", steps: [{ commandLine: command, stdin }] }, settings);
    if (!read.ok) throw new Error(read.refusal.message);
    const [step] = read.plan.steps;
    const binary = step?.stages[0]?.binary ?? "";
    if (step === undefined || !free.availability(binary).available) return skip();
    const [held, open] = [await boxed.run(toRequest(step)), await free.run(toRequest(step))];
    expect([held.stdout, held.stderr, held.stages[0]?.exitCode]).toEqual([open.stdout, open.stderr, 0]);
    expect(held.stages[0]).toMatchObject({ answered: true, usage: { strays: 0 } });
    expect(open.stages[0]).not.toHaveProperty("usage");
  });

  it("finds all that it finds without, and none of them unboxed", () => {
    const found = (execution: ComposedExecution) =>
      [...execution.binaries].filter(([, { available }]) => available).map(([name]) => name);
    expect(found(boxed)).toEqual(found(free));
    expect([...boxed.binaries.values()].filter((one) => one.available && one.files === undefined)).toEqual([]);
  });
});
