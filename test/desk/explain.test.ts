// What `policy explain` says is what the policy says: rules, checks, and changes that the policy itself has confirmed.
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { askedSchema } from "../../src/desk/asked.ts";
import { createComparer } from "../../src/desk/comparison.ts";
import { renderComparison } from "../../src/desk/comparison-text.ts";
import { explain } from "../../src/desk/explain.ts";
import { renderExplanation } from "../../src/desk/explain-text.ts";
import { plain } from "../../src/desk/paint.ts";
import type { Ruling } from "../../src/desk/ruling.ts";
import { toCommandLine } from "../../src/desk/quote.ts";
import { tokenize } from "../../src/command/tokenize.ts";
import { askedOf, root, sideWith } from "./setup.ts";

const side = await sideWith("namespaces: [default, shop]\n");
const corpus = readFileSync(path.join(root, "test/corpus/calls.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => askedSchema.parse(JSON.parse(line)));

describe("an explanation", () => {
  it("shows tokens, model, rules with their checks, decision and the argv of an allowed call", () => {
    const said = explain(side, askedOf("kubectl get po -nshop | grep 'a b'"));
    expect(said.tokens).toEqual([
      ["kubectl", "get", "po", "-nshop"],
      ["grep", "a b"],
    ]);
    expect(said).toMatchObject({ effect: "allow", rules: ["kubectl/read", "text/filter"] });
    expect(said.stages[0]).toMatchObject({
      model: { verb: ["get"], namespaces: ["shop"], resources: [{ resource: "pods" }] },
      decision: { effect: "allow", rules: ["kubectl/read"] },
    });
    const [first] = said.stages[0]?.considered ?? [];
    expect(first).toMatchObject({ rule: "kubectl/read", title: "Reads", matched: true });
    expect(Object.values(first?.checks ?? {})).not.toContain(false);
    expect(said.smallest_change).toBeUndefined();
  });

  it("puts the rule that denies first, in the decision's own words, and names every rule that was silent", () => {
    const said = explain(side, askedOf("kubectl get secrets"));
    const [stage] = said.stages;
    expect(stage?.considered[0]).toMatchObject({
      rule: "kubectl/no-secrets",
      severity: "critical",
      matched: true,
      reasons: [{ message: "Secrets are never read", token: "secrets" }],
    });
    expect(stage?.considered.find(({ rule }) => rule === "kubectl/read")?.checks).toMatchObject({
      resources_readable: false,
      namespaces_allowed: true,
    });
    const silent = stage?.considered.filter(({ effect, matched }) => effect === "deny" && !matched) ?? [];
    expect(silent.map(({ rule }) => rule)).toEqual(expect.arrayContaining(["guard/frozen", "kubectl/namespace"]));
    expect(silent.filter(({ rule }) => rule.startsWith("helm/"))).toEqual([]);
  });

  it("never differs from the judgement, over the whole corpus, and considers every rule that decided", () => {
    for (const asked of corpus) {
      const said = explain(side, asked);
      const judgement = side.judge(asked);
      expect(said.effect, JSON.stringify(asked)).toBe(judgement.code === "ok" ? "allow" : "deny");
      for (const { decision, considered } of said.stages) {
        const spoke = decision.effect === "allow" ? decision.rules : decision.reasons.map(({ rule }) => rule);
        const matched = considered.filter((one) => one.matched).map(({ rule }) => rule);
        expect(matched).toEqual(expect.arrayContaining(spoke.filter((rule) => !/^(?:default$|server\/p)/.test(rule))));
        const more = decision.effect === "allow" ? matched.filter((rule) => !spoke.includes(rule)) : [];
        expect(more).toEqual([]);
      }
    }
  });
});

describe("the smallest change", () => {
  const changesOf = (command: string, roles?: readonly string[]) =>
    explain(side, askedOf(command, roles)).smallest_change?.found.map(({ edits }) => edits) ?? [];

  it.each([
    ["kubectl get pods -o yaml --chunk-size=5 -n shop", ["without --chunk-size=5"]],
    ["kubectl get pods -n kube-system", ["--namespace=default instead of --namespace=kube-system"]],
    ["kubectl get pods -A", ["--namespace=default instead of --all-namespaces"]],
    ["kubectl get secrets", ["configmaps instead of secrets"]],
    ["kubectl scale deploy/web --replicas=0", ["--replicas=1 instead of --replicas=0"]],
    ["gh pr list -R other/repo", ["--repo=o/r instead of --repo=other/repo"]],
  ])("of %s is found by the policy's own word", (command, edits) => {
    expect(changesOf(command)[0]).toEqual(edits);
  });

  it("takes two edits where one is not enough", () => {
    expect(changesOf("kubectl get secrets -n kube-system")[0]).toHaveLength(2);
  });

  it("is another role where only that is missing", () => {
    expect(changesOf("kubectl rollout restart deploy/web", ["viewer"])[0]).toEqual(["as role operator"]);
  });

  it("is not found for what no policy change is small enough for", () => {
    expect(changesOf("kubectl exec web-1 -- sh")).toEqual([]);
  });

  it("is allowed when it is asked, and never does more than was asked, over the whole corpus", () => {
    let found = 0;
    const weights = ["read", "workspace", "write", "destructive"];
    for (const asked of corpus) {
      const before = side.judge(asked);
      for (const { call } of explain(side, asked).smallest_change?.found ?? []) {
        found += 1;
        const after = side.judge(askedSchema.parse({ ...call, observed: asked.observed }));
        expect(after, JSON.stringify(call)).toMatchObject({ kind: "judged", decision: { effect: "allow" } });
        if (before.kind !== "judged" || after.kind !== "judged") continue;
        const heaviest = ({ steps }: typeof before.plan) =>
          Math.max(0, ...steps.flatMap(({ stages }) => stages.map(({ effect }) => weights.indexOf(effect))));
        expect(heaviest(after.plan)).toBeLessThanOrEqual(heaviest(before.plan));
        expect(before.plan.dryRun && !after.plan.dryRun).toBe(false);
      }
    }
    expect(found).toBeGreaterThan(100);
  });
});

it("an argv that is written as a line is read back as the same words", () => {
  const odd = [
    ["grep", "it's", 'a "b" $c', "", "\\"],
    ["tr", "*", "|"],
  ];
  const read = tokenize(toCommandLine(odd));
  expect(read.ok ? read.value.map((stage) => stage.map(({ text }) => text)) : read).toEqual(odd);
});

it("a stranger's words do nothing to a reviewer's terminal", () => {
  const said = renderExplanation(
    explain(side, askedOf("kubectl get \u009b2Kpods \u202edesrever \u001b[1mbold")),
    plain,
  );
  expect(said).toContain("\\u{9b}2Kpods");
  expect(said.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  const comparer = createComparer();
  const no: Ruling = { effect: "deny", rules: ["a/no"], messages: [] };
  comparer.add({ name: "x\u001b]0;owned\u0007", what: () => "\u009b31m" }, no, { ...no, effect: "allow" });
  expect(renderComparison(comparer.result(), plain, true).join("")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});
