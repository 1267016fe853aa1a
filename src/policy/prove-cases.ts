// Proves a bundle by its own decision tables (cases.json) before it is used. Called in the worker that tries a bundle out,
// and at start; a bundle without tables proves nothing here.
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { encodeData, type OpenedBundle } from "./bundle.ts";
import { entrypoints } from "./decide.ts";
import { createEvaluator, type Evaluator } from "./evaluator.ts";
import { maxPages } from "./module.ts";
import { type SiteData, toPolicyData } from "./site-data.ts";

const caseSchema = z.object({
  name: z.string(),
  site: z.record(z.string(), z.unknown()),
  input: z.unknown(),
  want: z.looseObject({ effect: z.enum(["allow", "deny"]) }),
  /** Holds whatever the site data says: what it denies is denied everywhere. */
  invariant: z.boolean().default(false),
});
type Case = z.output<typeof caseSchema>;

/** Half of what it gets in use: a policy that needs more for its own examples would run out of it with real calls. */
const trialPages = maxPages / 2;

/** Every case on the bundle's own data; answers how many there are. Throws an Error that names the first that is wrong. */
export function proveCases({ bundle, files }: OpenedBundle): number {
  const cases = readCases(files);
  const evaluators = new Map<string, Evaluator>();
  for (const { name, site, input, want } of cases) {
    const key = JSON.stringify(site);
    const own = { ...bundle.data, site: { ...Object(bundle.data.site), ...site } };
    const evaluator = evaluators.get(key) ?? createEvaluator(bundle.module, encodeData(own), trialPages);
    evaluators.set(key, evaluator);
    const result = evaluator.evaluate(entrypoints.decision, encodeData(input));
    if (!result.ok || !isDeepStrictEqual(result.value, want)) {
      throw new Error(`case "${name}" is not decided as its table wants: ${said(result)}`);
    }
  }
  return cases.length;
}

/** The cases that hold on any site data, on this one. Throws an Error that names the first that does not. */
export function proveInvariants({ bundle, files }: OpenedBundle, siteData: SiteData): number {
  const cases = readCases(files).filter(({ invariant }) => invariant);
  const merged = encodeData({ ...bundle.data, site: toPolicyData(siteData) });
  const evaluator = createEvaluator(bundle.module, merged, trialPages);
  for (const { name, input, want } of cases) {
    const result = evaluator.evaluate(entrypoints.decision, encodeData(input));
    if (!result.ok || effectOf(result.value) !== want.effect) {
      throw new Error(`case "${name}" must be ${want.effect} on any site data: ${said(result)}`);
    }
  }
  return cases.length;
}

function readCases(files: OpenedBundle["files"]): readonly Case[] {
  const text = files.get("cases.json");
  return text === undefined ? [] : z.array(caseSchema).parse(JSON.parse(text.toString("utf8")));
}

const maxSaidChars = 400;

const said = (result: ReturnType<Evaluator["evaluate"]>): string =>
  (result.ok ? JSON.stringify(result.value) : `no answer (${result.fault})`).slice(0, maxSaidChars);

const effectOf = (value: unknown): unknown =>
  typeof value === "object" && value !== null && "effect" in value ? value.effect : undefined;
