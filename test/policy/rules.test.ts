// What holds for the whole policy, whichever rules it has: unique ids, few patterns, and every example through the WASM.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { assumedObservation } from "../../src/gate/assume.ts";
import { annotationsOf } from "../../src/desk/annotations.ts";
import { houseProblems, maxPatterns, patternProblems } from "../../src/desk/house-rules.ts";
import { openPolicyFolder } from "../../src/desk/policy-folder.ts";
import { judge } from "../../src/gate/judge.ts";
import { loadBundle } from "../../src/policy/bundle.ts";
import { toParseSettings } from "../../src/policy/site-data.ts";
import { roles } from "../../src/domain/principal.ts";
import { buildFolder, root, watchedPolicy } from "./setup.ts";

const line = z.strictObject({
  tool: z.string(),
  arguments: z.record(z.string(), z.json()),
  principal: z.strictObject({ roles: z.array(z.enum(roles)) }).default({ roles: ["operator"] }),
});
const example = z.union([z.array(z.string()), line]);
const annotations = z
  .object({
    rules: z.array(
      z.object({
        id: z.string(),
        effect: z.enum(["allow", "deny"]),
        title: z.string(),
        description: z.string(),
        severity: z.enum(["info", "low", "medium", "high", "critical"]),
        examples: z.object({ match: z.array(example), not_match: z.array(example) }),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(path.join(buildFolder, "annotations.json"), "utf8")));
const reason = z.object({
  rule: z.string(),
  message: z.string(),
  token: z.string().optional(),
  try: z.string().optional(),
});
const wanted = z
  .array(z.object({ want: z.object({ rules: z.array(z.string()).default([]), reasons: z.array(reason).default([]) }) }))
  .parse(JSON.parse(readFileSync(path.join(buildFolder, "cases.json"), "utf8")));

const { policy } = watchedPolicy(loadBundle(buildFolder), { repositories: ["o/r"] });
const settings = toParseSettings(policy.siteData);
const assume = assumedObservation({ repository: "o/r", serverUrl: "https://github.com" });

/** Ids of the rules that spoke about an example, allowing or denying, at any stage. */
function rulesOf(asked: z.infer<typeof example>): readonly string[] {
  const {
    tool,
    arguments: raw,
    principal,
  } = Array.isArray(asked)
    ? { tool: "cli_tool", arguments: { argv: asked }, principal: { roles: ["operator" as const] } }
    : asked;
  const judgement = judge(
    {
      callId: "example",
      tool,
      arguments: raw,
      principal: { id: "example", ...principal, authenticatedBy: "local" },
      transport: "cli",
    },
    policy,
    settings,
    assume,
  );
  if (judgement.kind === "refused") throw new Error(`${judgement.code}: ${judgement.reason.message}`);
  const { decision } = judgement;
  return decision.effect === "allow" ? decision.rules : decision.reasons.map(({ rule }) => rule);
}

const policies = path.join(root, "policies/aisre");
const regoFiles = (): readonly string[] =>
  readdirSync(policies, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".rego") && !name.endsWith("_test.rego"))
    .map((name) => path.join(policies, name));

const rows = (kind: "match" | "not_match") =>
  annotations.rules.flatMap(({ id, examples }) =>
    examples[kind].map((asked) => [id, JSON.stringify(asked), asked] as const),
  );

describe("the examples of the rules", () => {
  it.each(rows("match"))("%s speaks about %s", (id, _text, asked) => {
    expect(rulesOf(asked)).toContain(id);
  });

  it.each(rows("not_match"))("%s is silent about %s", (id, _text, asked) => {
    expect(rulesOf(asked)).not.toContain(id);
  });
});

describe("the rules", () => {
  // The id stands twice: OPA would build all of a rule's metadata at every evaluation to look it up.
  it("speak under the id of their own metadata", () => {
    const spoken = regoFiles().flatMap((file) =>
      readFileSync(file, "utf8")
        .split("# METADATA")
        .flatMap((block) => {
          const id = /^# {3}id: (\S+)$/m.exec(block)?.[1];
          const [, reason, rule] = /"rule": "([^"]+)"|^allow\w* contains "([^"]+)"/m.exec(block) ?? [];
          return id === undefined ? [] : [{ id, said: reason ?? rule }];
        }),
    );
    expect(spoken.filter(({ id, said }) => id !== said)).toEqual([]);
    expect(spoken.map(({ id }) => id)).toEqual(expect.arrayContaining(annotations.rules.map(({ id }) => id)));
  });

  it("have unique ids of the form toolset/kebab-title", () => {
    const ids = annotations.rules.map(({ id }) => id);
    expect(ids.filter((id) => !/^[a-z]+\/[a-z]+(?:-[a-z]+)*$/.test(id))).toEqual([]);
    expect(ids.length).toBe(new Set(ids).size);
    expect(ids.length).toBeGreaterThan(10);
  });

  it("speak in an example, but for those that no command line of this site can reach", () => {
    const unreached = annotations.rules.filter(({ examples }) => examples.match.length === 0).map(({ id }) => id);
    // The caller's own request, site data of its own, an observation that is missing, a broken input, or a flag that the grammar would have to know
    // first: their cases show them.
    expect(unreached.filter((id) => !/^guard\/|\/flags$/.test(id))).toEqual([
      "approve/not-your-own",
      "curl/method",
      "curl/request",
      "flux/one-object",
      "gh/create",
      "git/many-paths",
      "git/repository",
      "kubectl/apply-unseen",
    ]);
  });

  it("all decide at least one case of the decision tables", () => {
    const spoke = new Set(wanted.flatMap(({ want }) => [...want.rules, ...want.reasons.map(({ rule }) => rule)]));
    expect(annotations.rules.filter(({ id }) => !spoke.has(id)).map(({ id }) => id)).toEqual([]);
  });

  // Of an input that is no question at all, the rule `default` has no more to say.
  it("teach when they deny: what was wrong, and the nearest form that is allowed", () => {
    const reasons = wanted.flatMap(({ want }) => want.reasons);
    expect(reasons.length).toBeGreaterThan(100);
    const mute = reasons.filter(
      ({ rule, message, try: hint = "" }) =>
        (hint === "" && rule !== "default") || !message.includes(" ") || /<undefined>/.test(message + hint),
    );
    expect(mute.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([]);
  });

  it("keep to the rules of the house: few patterns and none from outside, no slow builtin, words for each rule", () => {
    expect(houseProblems(openPolicyFolder(path.join(root, "policies")), annotationsOf(buildFolder))).toEqual([]);
  });

  it("are searched for patterns by a search that finds them", () => {
    const literals = Array.from({ length: maxPatterns }, (_none, at) => `regex.match(\`^a,${at}$\`, x)`);
    expect(patternProblems([{ file: "a.rego", lines: literals }])).toEqual([]);
    const lines = [...literals, "", 'glob.match("*.x", [], y) regex.match(input.p, z)'];
    expect(patternProblems([{ file: "a.rego", lines }])).toEqual([
      { file: "a.rego", line: 42, message: expect.stringContaining("more than 40 distinct patterns") },
      { file: "a.rego", line: 42, message: expect.stringContaining("input.p") },
    ]);
  });
});
