// Answers that are told again and runs that are waited for: how old, how many, who stops them, and what a change forgets.
import { describe, expect, it } from "vitest";
import type { StepOutcome } from "../../src/domain/outcome.ts";
import type { Reach, ReadQuery } from "../../src/domain/read-cache.ts";
import { createReadCache, type ReadCacheLimits } from "../../src/execution/read-cache.ts";

const step = (stdout: string): StepOutcome => ({
  ended: "exited",
  stages: [],
  stdout,
  stderr: "",
  truncated: false,
  redactions: {},
  durationMs: 1,
});

function open(limits?: ReadCacheLimits) {
  const time = { ms: 0 };
  const place = { name: "cluster-1" };
  const cache = createReadCache({
    clock: { monotonic: () => time.ms },
    place: () => place.name,
    ...(limits === undefined ? {} : { limits }),
  });
  const query = (over: Partial<ReadQuery> = {}): ReadQuery => ({
    key: "pods",
    ttlMs: 1000,
    reach: new Set(["namespace/default"]),
    callId: "leader",
    signal: new AbortController().signal,
    ...over,
  });
  /** Leads and ends at once. */
  const ran = (text: string, over: Partial<ReadQuery> = {}, kept = true) => {
    const lead = cache.lead(query(over));
    lead?.started();
    lead?.end({ steps: [step(text)], kept });
    return lead !== undefined;
  };
  const told = async (over: Partial<ReadQuery> = {}) =>
    (await cache.find(query({ callId: "other", ...over })))?.steps[0]?.stdout;
  return { time, place, cache, query, ran, told };
}

describe("an answer", () => {
  it("is told again with the id of the call that ran it, until it is too old", async () => {
    const { time, cache, query, ran } = open();
    ran("a");
    time.ms = 999;
    expect(await cache.find(query())).toEqual({ result: "hit", callId: "leader", steps: [step("a")] });
    time.ms = 1000;
    expect(await cache.find(query())).toBeUndefined();
  });

  it("is as old as the start of its run", async () => {
    const { time, cache, query, told } = open();
    const lead = cache.lead(query());
    time.ms = 5000;
    lead?.started();
    time.ms = 5600;
    lead?.end({ steps: [step("a")], kept: true });
    time.ms = 5999;
    expect(await told()).toBe("a");
    time.ms = 6000;
    expect(await told()).toBeUndefined();
  });

  it("is not told to who wants a younger one", async () => {
    const { time, ran, told } = open();
    ran("a");
    time.ms = 300;
    expect(await told({ ttlMs: 300 })).toBeUndefined();
    expect(await told({ ttlMs: 301 })).toBe("a");
  });

  it("is of one key and one cluster", async () => {
    const { place, ran, told } = open();
    ran("a");
    expect(await told({ key: "nodes" })).toBeUndefined();
    place.name = "cluster-2";
    expect(await told()).toBeUndefined();
  });

  it("that is not to be kept is not", async () => {
    const { ran, told } = open();
    ran("failed", {}, false);
    expect(await told()).toBeUndefined();
  });

  it("leaves when there are too many bytes or entries, the oldest first", async () => {
    const { ran, told } = open({ maxBytes: 10_000, maxEntries: 3 });
    for (const key of ["a", "b", "c", "d"]) ran(key, { key });
    expect(await Promise.all(["a", "b", "c", "d"].map((key) => told({ key })))).toEqual([undefined, "b", "c", "d"]);
    ran("x".repeat(3000), { key: "e" });
    expect(await Promise.all(["b", "c", "d"].map((key) => told({ key })))).toEqual([undefined, "c", "d"]);
    ran("x".repeat(20_000), { key: "f" });
    expect(await told({ key: "f" })).toBeUndefined();
    expect(await told({ key: "c" })).toBe("c");
  });
});

describe("a run on its way", () => {
  it("is waited for by all who ask meanwhile, and nobody else leads", async () => {
    const { cache, query, told } = open();
    const lead = cache.lead(query());
    const waiting = [told(), told()];
    expect(cache.lead(query())).toBeUndefined();
    lead?.started();
    waiting.push(told());
    lead?.end({ steps: [step("a")], kept: true });
    expect(await Promise.all(waiting)).toEqual(["a", "a", "a"]);
  });

  it("that has no answer to share sends those who wait to look for themselves", async () => {
    const { cache, query, told } = open();
    const lead = cache.lead(query());
    const waiting = told();
    lead?.end();
    expect(await waiting).toBeUndefined();
    expect(cache.lead(query())).toBeDefined();
  });

  it("is not joined when it began too long ago: another may lead", async () => {
    const { time, cache, query, told } = open();
    const first = cache.lead(query());
    first?.started();
    time.ms = 1000;
    expect(await told()).toBeUndefined();
    const second = cache.lead(query({ callId: "second" }));
    second?.started();
    const waiting = told();
    first?.end({ steps: [step("old")], kept: true });
    second?.end({ steps: [step("new")], kept: true });
    expect(await waiting).toBe("new");
    expect(await told()).toBe("new");
  });
});

describe("a caller who goes away", () => {
  function three() {
    const { cache, query } = open();
    const callers = [new AbortController(), new AbortController(), new AbortController()] as const;
    const [leader, second, third] = callers;
    const lead = cache.lead(query({ signal: leader.signal }));
    if (lead === undefined) throw new Error("nobody leads");
    const answers = [second, third].map(async ({ signal }) => await cache.find(query({ signal })));
    return { cache, query, lead, leader, second, third, answers };
  }

  it("does not stop the others, not even when it leads", async () => {
    const { lead, leader, second, answers } = three();
    lead.started();
    second.abort(new Error("second"));
    leader.abort(new Error("first"));
    await lead.left;
    expect(lead.signal.aborted).toBe(false);
    lead.end({ steps: [step("a")], kept: true });
    await expect(answers[0]).rejects.toThrow("second");
    expect(await answers[1]).toMatchObject({ callId: "leader", steps: [{ stdout: "a" }] });
  });

  it("stops the run when it is the last, whoever began it, and nobody joins it any more", async () => {
    const { cache, query, lead, leader, second, third, answers } = three();
    lead.started();
    leader.abort(new Error("first"));
    second.abort(new Error("second"));
    expect(lead.signal.aborted).toBe(false);
    third.abort(new Error("third"));
    expect(lead.signal.aborted).toBe(true);
    expect(await Promise.allSettled(answers)).toMatchObject([{ status: "rejected" }, { status: "rejected" }]);
    lead.end({ steps: [step("half")], kept: true });
    expect(await cache.find(query())).toBeUndefined();
    expect(cache.lead(query())).toBeDefined();
  });

  it("before the process has started leaves the rest to look for themselves", async () => {
    const { lead, leader, answers } = three();
    leader.abort();
    expect(lead.signal.aborted).toBe(false);
    lead.end();
    expect(await Promise.all(answers)).toEqual([undefined, undefined]);
  });
});

describe("a change", () => {
  const reaches: Readonly<Record<string, Reach>> = {
    default: new Set(["namespace/default"]),
    shop: new Set(["namespace/shop"]),
    both: new Set(["namespace/default", "namespace/shop"]),
    repository: new Set(["repository/o/r"]),
    everything: "everything",
  };

  it.each([
    ["default", ["shop", "repository"]],
    ["repository", ["default", "shop", "both"]],
    ["everything", []],
  ] as const)("in %s forgets what was read there, and only that", async (changed, left) => {
    const { cache, ran, told } = open();
    for (const [key, reach] of Object.entries(reaches)) ran(key, { key, reach });
    cache.drop(reaches[changed] ?? "everything");
    const answers = await Promise.all(Object.keys(reaches).map((key) => told({ key })));
    expect(answers.filter((answer) => answer !== undefined)).toEqual(left);
  });

  it("lets nobody join a read that began before it, nor keeps that read's answer", async () => {
    const { cache, query, told } = open();
    const lead = cache.lead(query());
    lead?.started();
    const before = told();
    cache.drop(new Set(["namespace/default"]));
    expect(await told()).toBeUndefined();
    lead?.end({ steps: [step("old")], kept: true });
    expect(await before).toBe("old");
    expect(await told()).toBeUndefined();
  });
});
