// Plans: what a draft comes to as a whole, its bounds, its digest, and that nobody can change it afterwards.
import { describe, expect, it } from "vitest";
import { understand } from "../../src/command/understand.ts";
import type { Draft, Plan } from "../../src/domain/command.ts";
import { planOf, read, refusalOf, settings, stagesOf } from "./reading.ts";

function understood(draft: Draft): Plan {
  const result = understand(draft, settings);
  if (!result.ok) throw new Error(result.refusal.message);
  return result.plan;
}

describe("a plan", () => {
  it("is frozen to its last array", () => {
    const loose: string[] = [];
    const visit = (value: unknown, path: string): void => {
      if (typeof value !== "object" || value === null) return;
      if (!Object.isFrozen(value)) loose.push(path);
      for (const [key, inner] of Object.entries(value)) visit(inner, `${path}.${key}`);
    };
    for (const words of [
      "kubectl describe node n1",
      "kubectl get pods -o go-template={{.x}} | grep -e a -e b | jq --arg a b .x",
      "kubectl get pods --help",
    ]) {
      visit(planOf(words), words);
    }
    visit(planOf("kubectl logs web-1 | grep -e a -e b", "text"), "stdin");
    expect(loose).toEqual([]);
  });

  it("keeps what is keyed by words in objects without a prototype", () => {
    const [command] = stagesOf("kubectl get pods -o json -l app=web");
    expect(Object.getPrototypeOf(command?.flags)).toBeNull();
    expect(Object.getPrototypeOf(command?.selectors)).toBeNull();
  });

  it("has one digest for one meaning, and another for another", () => {
    const digest = planOf("kubectl get po -n default").digest;
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(planOf(["kubectl", "get", "Pods"]).digest).toBe(digest);
    const others = [
      planOf("kubectl get pods -n other").digest,
      planOf("kubectl get pods", "stdin").digest,
      planOf("kubectl get pods", "").digest,
      planOf("kubectl get pods | head").digest,
      planOf("kubectl get pods web-1").digest,
    ];
    expect(new Set([digest, ...others]).size).toBe(others.length + 1);
  });

  it("carries the caller's reason and limit, and nothing when there is none", () => {
    const steps = [{ commandLine: "kubectl get pods" }];
    expect(understood({ action: "command", steps, reason: "why", timeoutMs: 5000 })).toMatchObject({
      reason: "why",
      timeoutMs: 5000,
      dryRun: false,
    });
    expect(Object.keys(understood({ action: "command", steps })).sort()).toEqual([
      "action",
      "digest",
      "dryRun",
      "steps",
    ]);
  });

  it("is a dry run only when nothing of it changes anything", () => {
    const dry = { commandLine: "kubectl delete pod a --dry-run=server" };
    const wet = { commandLine: "kubectl delete pod a" };
    const look = { commandLine: "kubectl get pods" };
    const dryRun = (...steps: Draft["steps"]) => understood({ action: "command", steps }).dryRun;
    expect(dryRun(dry)).toBe(true);
    expect(dryRun(dry, look)).toBe(true);
    expect(dryRun(wet)).toBe(false);
    expect(dryRun(look)).toBe(false);
    expect(dryRun(dry, wet)).toBe(false);
    expect(understood({ action: "command", steps: [wet], dryRun: true }).dryRun).toBe(true);
  });

  it("of the server has no steps", () => {
    expect(understood({ action: "server", steps: [] })).toMatchObject({ action: "server", steps: [], dryRun: false });
  });

  it("refuses a draft by the first step that is not understood", () => {
    const steps = [{ commandLine: "kubectl get pods" }, { argv: ["rm"] }];
    expect(understand({ action: "command", steps }, settings)).toMatchObject({ ok: false, refusal: { token: "rm" } });
  });
});

describe("a pipeline", () => {
  it("knows where each stage's standard input comes from", () => {
    expect(stagesOf("kubectl get pods | grep x | wc -l").map(({ stdin }) => stdin)).toEqual([
      { from: "none", bytes: 0 },
      { from: "stage", bytes: 0 },
      { from: "stage", bytes: 0 },
    ]);
    expect(planOf("grep x", "grün").steps[0]).toMatchObject({
      stdin: "grün",
      stages: [{ stdin: { from: "caller", bytes: 5 } }],
    });
  });

  it("counts a token's place within its stage", () => {
    expect(refusalOf("kubectl get pods | grep -i x | sort --wrong").position).toEqual({ stage: 2, index: 1 });
    expect(refusalOf("kubectl get pods | sh").position).toEqual({ stage: 1, index: 0 });
  });

  it("holds a change only as its single stage", () => {
    expect(refusalOf("kubectl delete pod a | grep x").message).toMatch(/must be the only stage/);
    expect(refusalOf("kubectl rollout restart deploy/a | head").message).toMatch(/must be the only stage/);
    expect(planOf("kubectl delete pod a").steps).toHaveLength(1);
  });

  it("begins with what reads the outside and never continues with it", () => {
    expect(refusalOf("kubectl get pods | kubectl get nodes")).toMatchObject({
      token: "kubectl",
      position: { stage: 1, index: 0 },
    });
  });

  it("in an argv is one stage: a | there is data", () => {
    expect(stagesOf(["grep", "|"])).toMatchObject([{ argv: ["grep", "--regexp=|"] }]);
  });
});

describe("bounds, just inside and just outside", () => {
  it("8 KiB of command line, counted in bytes", () => {
    const line = (bytes: number) => `grep ${"x".repeat(bytes - 5)}`;
    expect(read(line(8192)).ok).toBe(true);
    expect(refusalOf(line(8193)).message).toMatch(/8192 bytes/);
    expect(refusalOf(`grep ${"ü".repeat(4100)}`).message).toMatch(/8192 bytes/);
  });

  it("256 words", () => {
    const argv = (count: number) => ["grep", ...Array.from({ length: count - 1 }, () => "-ex")];
    expect(read(argv(256)).ok).toBe(true);
    expect(refusalOf(argv(257)).message).toMatch(/256 words/);
    expect(read(argv(256).join(" ")).ok).toBe(true);
    expect(refusalOf(argv(257).join(" ")).message).toMatch(/256 words/);
  });

  it("8 KiB a word", () => {
    expect(read(["grep", "x".repeat(8192)]).ok).toBe(true);
    expect(refusalOf(["grep", "x".repeat(8193)]).position).toEqual({ stage: 0, index: 1 });
    expect(refusalOf(["jq", "--arg", "a", "x".repeat(8193), "."]).position).toEqual({ stage: 0, index: 1 });
  });

  it("8 stages", () => {
    const pipeline = (stages: number) => Array.from({ length: stages }, () => "sort").join("|");
    expect(stagesOf(pipeline(8))).toHaveLength(8);
    expect(refusalOf(pipeline(9)).message).toMatch(/8 stages/);
  });

  it("256 KiB of standard input, counted in bytes, well formed", () => {
    expect(read("grep x", "x".repeat(256 * 1024)).ok).toBe(true);
    expect(refusalOf("grep x", "x".repeat(256 * 1024 + 1)).message).toMatch(/262144 bytes/);
    expect(refusalOf("grep x", "ü".repeat(128 * 1024 + 1)).message).toMatch(/262144 bytes/);
    expect(refusalOf("grep x", "\ud800").message).toMatch(/surrogate/);
  });

  it("an argv without a word is empty", () => {
    expect(refusalOf([]).message).toMatch(/empty/);
  });
});
