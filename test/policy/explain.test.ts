// The entrypoint `explain` tells the whole condition of every rule that allows: it matches exactly when all its checks hold.
// Asked of the WASM for every case; engines.test.ts holds that OPA's own engine says the same.
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { loadBundle } from "../../src/policy/bundle.ts";
import { createInquiry, type Considered, type Inquiry } from "../../src/policy/inquiry.ts";
import { toPolicyData } from "../../src/policy/site-data.ts";
import { mergeSiteData } from "../../src/policy/site-layers.ts";
import { annotationsOf } from "../../src/desk/annotations.ts";
import { buildFolder } from "./setup.ts";

const caseSchema = z.object({ name: z.string(), site: z.record(z.string(), z.json()), input: z.json() });
const cases = z.array(caseSchema).parse(JSON.parse(readFileSync(path.join(buildFolder, "cases.json"), "utf8")));
const bundle = loadBundle(buildFolder);
const site = toPolicyData(mergeSiteData({ bundle: bundle.data.site }));

const inquiries = new Map<string, Inquiry>();
function inquiryOver(layer: Readonly<Record<string, unknown>>): Inquiry {
  const key = JSON.stringify(layer);
  const held = inquiries.get(key) ?? createInquiry(bundle, { ...site, ...layer });
  inquiries.set(key, held);
  return held;
}

const told = cases.map(({ name, site: layer, input }) => {
  const inquiry = inquiryOver(layer);
  const explained = inquiry.explain(JSON.stringify(input));
  const decided = inquiry.decide(JSON.stringify(input));
  if (!explained.ok || !decided.ok) throw new Error(`${name}: not answered`);
  return { name, considered: explained.value, decision: decided.value };
});

const holds = ({ checks }: Considered): boolean => Object.values(checks).every((one) => one);

describe("explain", () => {
  it("lets a rule match exactly when all of its checks hold", () => {
    const odd = told.flatMap(({ name, considered }) =>
      considered
        .filter((one) => one.effect === "allow" && one.matched !== holds(one))
        .map(({ rule, checks }) => `${name}: ${rule}: ${JSON.stringify(checks)}`),
    );
    expect(odd).toEqual([]);
  });

  it("names the rules that the decision names", () => {
    for (const { name, considered, decision } of told) {
      const spoke = decision.effect === "allow" ? decision.rules : decision.reasons.map(({ rule }) => rule);
      const matched = considered.filter((one) => one.matched).map(({ rule }) => rule);
      expect(matched, name).toEqual(expect.arrayContaining(spoke.filter((rule) => rule !== "default")));
    }
  });

  it("has checks for every rule that allows", () => {
    const shown = new Set(
      told.flatMap(({ considered }) =>
        considered.filter(({ checks }) => Object.keys(checks).length > 0).map(({ rule }) => rule),
      ),
    );
    const mute = annotationsOf(buildFolder).rules.filter(({ id, effect }) => effect === "allow" && !shown.has(id));
    expect(mute.map(({ id }) => id)).toEqual([]);
  });

  it("answers what is no input with the fault, and no guess", () => {
    expect(inquiryOver({}).decide(`"${"x".repeat(300_000)}"`)).toEqual({ ok: false, fault: "input" });
  });
});
