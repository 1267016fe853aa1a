// Two policies over the same inputs: what becomes freer is found, comes first, and is grouped by the rules that spoke.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createComparer } from "../../src/desk/comparison.ts";
import { renderComparison } from "../../src/desk/comparison-text.ts";
import { diffSides } from "../../src/desk/diff.ts";
import { plain } from "../../src/desk/paint.ts";
import { replay } from "../../src/desk/replay.ts";
import type { Ruling } from "../../src/desk/ruling.ts";
import { askedOf, root, sideWith } from "./setup.ts";

const today = await sideWith();
const corpus = path.join(root, "test/corpus/calls.jsonl");

/** Kinds with the number of inputs that changed so. */
const kindsOf = ({ groups }: Awaited<ReturnType<typeof diffSides>>): Readonly<Record<string, number>> =>
  groups.reduce<Record<string, number>>((counts, { kind, changed }) => {
    counts[kind] = (counts[kind] ?? 0) + changed.length;
    return counts;
  }, {});

function fileOf(...lines: readonly unknown[]): string {
  const folder = mkdtempSync(path.join(tmpdir(), "aisre-diff-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, "inputs.jsonl");
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return file;
}

describe("a diff", () => {
  it("of a policy with itself is empty, whatever is asked", async () => {
    for (const files of [[], [corpus]]) {
      const { compared, groups, widened } = await diffSides(today, await sideWith(), files);
      expect({ groups, widened }).toEqual({ groups: [], widened: 0 });
      expect(compared).toBeGreaterThan(700);
    }
  });

  it("names what a further namespace opens, by the rules that allow now and denied before", async () => {
    const difference = await diffSides(today, await sideWith("namespaces: [default, kube-system]\n"), [corpus]);
    expect(difference.groups[0]).toMatchObject({
      kind: "newly_allowed",
      before: ["kubectl/namespace"],
      after: ["kubectl/read"],
    });
    expect(difference.groups[0]?.changed[0]).toMatchObject({ name: "kubectl-001" });
    expect(difference.widened).toBeGreaterThan(5);
    expect(difference.site).toEqual(['namespaces: ["default"] → ["default","kube-system"]']);
  });

  it.each([
    ["a namespace", "namespaces: [default, staging]\n", "--namespace=staging"],
    ["a repository", "repositories: [o/r, o/other]\n", "--repo=o/other"],
    ["a host", 'hosts: [{url: "http://x.example/", methods: [GET]}]\n', "GET http://x.example/"],
  ])("asks about %s that no case knows", async (_what, yaml, named) => {
    const { groups, widened } = await diffSides(today, await sideWith(yaml), []);
    expect(widened).toBeGreaterThan(0);
    expect(
      groups
        .filter(({ kind }) => kind === "newly_allowed")
        .flatMap(({ changed }) => changed.map(({ name }) => name))
        .join(),
    ).toContain(named);
  });

  it("counts a person who is no longer asked as freer", async () => {
    const asked = { id: "restart", ...askedOf("kubectl rollout restart deploy/web -n kube-system") };
    const guarded = await sideWith("namespaces: [default, kube-system]\n");
    const free = await sideWith("namespaces: [default, kube-system]\nprotected_namespaces: []\n");
    const opened = await diffSides(guarded, free, [fileOf(asked)]);
    expect(opened.groups[0]).toMatchObject({ kind: "approval_dropped", after: ["kubectl/restart"] });
    expect(opened.widened).toBeGreaterThan(0);
    const shut = await diffSides(free, guarded, [fileOf(asked)]);
    expect(kindsOf(shut)).toMatchObject({ approval_added: expect.any(Number) });
    expect(shut.widened).toBe(0);
  });

  it("applies the brake of site data to inputs that exist already", async () => {
    const difference = await diffSides(today, await sideWith("mode: frozen\n"), []);
    const kinds = kindsOf(difference);
    expect(kinds["newly_denied"]).toBeGreaterThan(100);
    expect(difference.widened).toBe(0);
    // And none that was on is taken off.
    expect(kindsOf(await diffSides(await sideWith("mode: frozen\n"), today, []))["newly_allowed"]).toBeGreaterThan(100);
  });

  it("says which lines it could not ask", async () => {
    const { unasked, compared } = await diffSides(today, today, [fileOf({ nothing: 1 }, askedOf("jq ."))]);
    expect({ unasked, compared }).toEqual({
      unasked: { "is neither a call, nor a case, nor an audit record": 1 },
      compared: 1,
    });
  });
});

describe("a comparison", () => {
  const allow = (rule: string, more: Partial<Ruling> = {}): Ruling => ({
    effect: "allow",
    rules: [rule],
    messages: [],
    bounds: "1",
    ...more,
  });
  const deny: Ruling = { effect: "deny", rules: ["a/no"], messages: ["no"] };

  it("puts what opens first, and the largest group of a kind before the others", () => {
    const comparer = createComparer();
    const add = (name: string, before: Ruling, after: Ruling) =>
      comparer.add({ name, what: () => name }, before, after);
    add("same", deny, deny);
    add("bounds", allow("a/x"), allow("a/x", { bounds: "2" }));
    add("rules", allow("a/x"), allow("a/y"));
    add("shut", allow("a/x"), deny);
    add("open", deny, allow("a/x"));
    add("wide-1", deny, allow("a/y"));
    add("wide-2", deny, allow("a/y"));
    add("unasked", allow("a/x", { approval: ["approver"] }), allow("a/x"));
    add("other", allow("a/x", { approval: ["approver"] }), allow("a/x", { approval: ["admin"] }));
    const result = comparer.result();
    expect(result.groups.map(({ kind, changed }) => [kind, changed.length])).toEqual([
      ["newly_allowed", 2],
      ["newly_allowed", 1],
      ["approval_dropped", 1],
      ["newly_denied", 1],
      ["other_approver", 1],
      ["other_rules", 1],
      ["other_bounds", 1],
    ]);
    expect(result).toMatchObject({ compared: 9, widened: 4 });
    expect(renderComparison(result, plain, false).slice(0, 4)).toEqual([
      "",
      "NEWLY ALLOWED: 3",
      "  2 × a/y now allows; was denied by a/no",
      "      wide-1: wide-1",
    ]);
  });
});

describe("a replay", () => {
  /** The records that the server would have written about a command line. */
  function recordsOf(callId: string, command: string, more: object = {}) {
    const judgement = today.judge(askedOf(command));
    if (judgement.kind === "refused") throw new Error(judgement.reason.message);
    return judgement.stages.map(({ evaluation: { decision, input }, stageIndex }, at) => ({
      kind: "decision",
      seq: at + 1,
      time: `2026-01-0${at + 1}T00:00:00.000Z`,
      instance: "i",
      segment: "s",
      call_id: callId,
      stage_index: stageIndex,
      policy_revision: today.policy.revision,
      effect: decision.effect,
      code: decision.effect === "allow" ? "ok" : "denied",
      rules: decision.effect === "allow" ? decision.rules : decision.reasons.map(({ rule }) => rule),
      input: JSON.parse(input ?? "null"),
      ...more,
    }));
  }
  const refused = {
    ...recordsOf("c-9", "jq .")[0],
    call_id: "c-8",
    stage_index: undefined,
    input: undefined,
    code: "not_understood",
  };
  const large = {
    ...recordsOf("c-9", "jq .")[0],
    call_id: "c-7",
    input: undefined,
    input_bytes: 13_000,
    replayable: false,
  };

  it("by the policy that decided changes nothing, and counts what cannot be asked again", async () => {
    const file = fileOf(
      ...recordsOf("c-1", "kubectl get pods | grep web"),
      ...recordsOf("c-2", "kubectl get secrets"),
      refused,
      large,
    );
    const replayed = await replay(today, [file]);
    expect(replayed).toMatchObject({ calls: 4, compared: 2, groups: [], widened: 0, contradicted: [] });
    expect(replayed.unasked).toEqual({
      "it ended before policy was asked (not_understood)": 1,
      "its input was too large to be recorded": 1,
    });
    expect([replayed.first, replayed.last]).toEqual(["2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z"]);
  });

  it("judges a call by all of its stages", async () => {
    const file = fileOf(...recordsOf("c-1", "kubectl get pods -n kube-system | grep web"));
    expect((await replay(today, [file])).groups).toEqual([]);
    const replayed = await replay(await sideWith("namespaces: [kube-system]\n"), [file]);
    expect(replayed).toMatchObject({
      calls: 1,
      widened: 1,
      groups: [{ kind: "newly_allowed", after: ["kubectl/read", "text/filter"] }],
    });
  });

  it("shows what a frozen server would have refused", async () => {
    const file = fileOf(...recordsOf("c-1", "kubectl get pods"));
    const { groups } = await replay(await sideWith("mode: frozen\n"), [file]);
    expect(groups).toMatchObject([{ kind: "newly_denied", after: ["guard/frozen"] }]);
  });

  it("finds a record that its own revision would not have written", async () => {
    const file = fileOf(...recordsOf("c-1", "kubectl get secrets", { effect: "allow", rules: ["kubectl/read"] }));
    expect(await replay(today, [file])).toMatchObject({ contradicted: ["c-1"] });
  });
});
