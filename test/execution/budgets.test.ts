// What may be started in a time: buckets that fill, windows that slide, and shares that are given back.
import { describe, expect, it } from "vitest";
import type { BudgetLimits } from "../../src/domain/budgets.ts";
import { createBudgets } from "../../src/execution/budgets.ts";

const minute = 60_000;

function open(over: Partial<BudgetLimits> = {}) {
  const time = { ms: 0 };
  const limits = {
    calls: { count: 60, windowMs: minute, burst: 3 },
    changesPerPrincipal: { count: 2, windowMs: 10 * minute },
    changesPerNamespace: { count: 3, windowMs: 10 * minute },
    ...over,
  };
  const held = { limits };
  const budgets = createBudgets(() => held.limits, { monotonic: () => time.ms });
  const read = (principal = "n8n") => budgets.spend({ principal, changes: [] });
  const change = (principal = "n8n", ...namespaces: readonly string[]) =>
    budgets.spend({ principal, changes: [namespaces.length === 0 ? ["default"] : namespaces] });
  return { time, held, budgets, read, change };
}

const ok = { ok: true, giveBack: expect.any(Function) };
const later = (retryAfterMs: number) => ({ ok: false, message: expect.stringMatching(/ran/), retryAfterMs });

describe("the rate limit", () => {
  it("lets a burst through, then one for every token", () => {
    const { time, read } = open();
    expect([read(), read(), read()]).toEqual([ok, ok, ok]);
    expect(read()).toEqual(later(1000));
    time.ms += 400;
    expect(read()).toEqual(later(600));
    time.ms += 600;
    expect(read()).toEqual(ok);
    expect(read()).toEqual(later(1000));
  });

  it("never holds more than the burst, however long nobody came", () => {
    const { time, read } = open();
    time.ms += 60 * minute;
    expect([read(), read(), read()]).toEqual([ok, ok, ok]);
    expect(read()).toEqual(later(1000));
  });

  it("is one principal's own", () => {
    const { read } = open();
    for (let times = 0; times < 9; times += 1) read("flood");
    expect(read("flood")).toEqual(later(1000));
    expect(read("other")).toEqual(ok);
  });

  it("is given back by what started nothing", () => {
    const { read } = open();
    for (let times = 0; times < 9; times += 1) {
      const spent = read();
      if (spent.ok) spent.giveBack();
    }
    expect(read()).toEqual(ok);
  });

  it("follows site data at once, in both directions", () => {
    const { held, read } = open();
    expect(read()).toEqual(ok);
    held.limits = { ...held.limits, calls: { count: 6, windowMs: minute, burst: 1 } };
    expect(read()).toEqual(ok);
    expect(read()).toEqual(later(10_000));
    held.limits = { ...held.limits, calls: { count: 60, windowMs: minute, burst: 3 } };
    expect(read()).toEqual(later(1000));
  });
});

describe("the change budget", () => {
  it("holds in every window of its length", () => {
    const { time, change } = open();
    expect(change()).toEqual(ok);
    time.ms = 9 * minute;
    expect(change()).toEqual(ok);
    expect(change()).toEqual(later(minute));
    time.ms = 10 * minute;
    expect(change()).toEqual(ok);
    expect(change()).toEqual(later(9 * minute));
  });

  it("counts a namespace over all principals, and a principal over all namespaces", () => {
    const { change } = open({ calls: { count: 60, windowMs: minute, burst: 20 } });
    expect([change("a"), change("b"), change("c")]).toEqual([ok, ok, ok]);
    expect(change("d")).toEqual(later(10 * minute));
    expect(change("d", "web")).toEqual(ok);
    expect(change("d", "shop")).toEqual(ok);
    expect(change("d", "cart")).toEqual(later(10 * minute));
  });

  it("counts every change of a plan, and refuses the plan whole", () => {
    const { budgets, change } = open();
    expect(budgets.spend({ principal: "n8n", changes: [["a"], ["b"], ["c"]] })).toEqual(later(10 * minute));
    expect(budgets.spend({ principal: "n8n", changes: [["a"], ["b"]] })).toEqual(ok);
    expect(change()).toEqual(later(10 * minute));
  });

  it("is not touched by reads, nor by a change that the rate limit refused", () => {
    const { time, read, change } = open();
    for (let times = 0; times < 3; times += 1) read();
    expect(change()).toEqual(later(1000));
    time.ms += 3000;
    expect([change(), change()]).toEqual([ok, ok]);
    expect(change()).toEqual(later(10 * minute));
  });

  it("is given back by a change that did not start", () => {
    const { change } = open();
    for (let times = 0; times < 5; times += 1) {
      const spent = change();
      expect(spent).toEqual(ok);
      if (spent.ok) spent.giveBack();
    }
    expect(change()).toEqual(ok);
  });
});

describe("what is remembered", () => {
  it("is bounded, and being full refuses instead of forgetting", () => {
    const { time, change } = open({ calls: { count: 9999, windowMs: 1000, burst: 9999 } });
    const answers = Array.from({ length: 1100 }, (_none, at) => change(`p${at}`, `n${at}`).ok);
    expect(answers.filter((isOk) => isOk).length).toBeLessThanOrEqual(1024);
    expect(answers.at(-1)).toBe(false);
    expect(change("p0", "n0")).toEqual(ok);
    expect(change("p0", "n0")).toEqual(later(10 * minute));
    time.ms += 11 * minute;
    expect(change("fresh", "new")).toEqual(ok);
  });
});
