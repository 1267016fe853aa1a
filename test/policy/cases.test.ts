// The decision tables that `opa test` runs through OPA's own engine, here through the WASM: both must say the same.
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { loadBundle, encodeData } from "../../src/policy/bundle.ts";
import { createEvaluator } from "../../src/policy/evaluator.ts";
import { policyInputSchema } from "../../src/policy/input.ts";
import { buildFolder } from "./setup.ts";

const caseSchema = z.object({
  name: z.string(),
  site: z.record(z.string(), z.json()),
  input: z.json(),
  want: z.json(),
});
const cases = z.array(caseSchema).parse(JSON.parse(readFileSync(path.join(buildFolder, "cases.json"), "utf8")));
const bundle = loadBundle(buildFolder);

/** The bundle's own data with the site data of the case's table. */
const evaluatorOver = (site: Readonly<Record<string, unknown>>) =>
  createEvaluator(bundle.module, encodeData({ ...bundle.data, site: { ...Object(bundle.data.site), ...site } }));

describe("the decision tables", () => {
  it("are not empty", () => {
    expect(cases.length).toBeGreaterThan(20);
  });

  it.each(cases.map((row) => [row.name, row] as const))("%s", (_name, { site, input, want }) => {
    const result = evaluatorOver(site).evaluate("aisre/authz/decision", encodeData(input));
    expect(result.ok ? result.value : result).toEqual(want);
  });

  it("allow nothing that the server could not have asked", () => {
    const allowed = z.looseObject({ effect: z.literal("allow") });
    const impossible = cases.filter(
      ({ input, want }) => allowed.safeParse(want).success && !policyInputSchema.safeParse(input).success,
    );
    expect(impossible.map(({ name }) => name)).toEqual([]);
  });
});
