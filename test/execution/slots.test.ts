// The slots: who works, who waits, who is refused, who leaves, and that nobody takes the others' turns.
import { expect, describe, it } from "vitest";
import type { SlotRequest } from "../../src/domain/ports.ts";
import { createSlots, type SlotLimits } from "../../src/execution/slots.ts";

/** Work that ends when it is told to. */
function piece<T>(value: T) {
  const { promise, resolve } = Promise.withResolvers<T>();
  return { work: () => promise, end: () => resolve(value) };
}

const open = (limits: SlotLimits) => createSlots(limits, { monotonic: () => 0 });
const asked = (over: Partial<SlotRequest> = {}): SlotRequest => ({
  principal: "n8n",
  binaries: ["kubectl"],
  signal: new AbortController().signal,
  ...over,
});
const busy = { kind: "busy", retryAfterMs: expect.any(Number) };
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("slots", () => {
  it("refuse work beyond slots and queue at once", async () => {
    const slots = open({ maxConcurrency: 2, maxQueue: 1 });
    const pieces = [piece("a"), piece("b"), piece("c")];
    const taken = pieces.map(({ work }) => slots.take(asked(), work));
    expect(await slots.take(asked(), async () => "d")).toEqual(busy);
    expect({ running: slots.running, waiting: slots.waiting }).toEqual({ running: 2, waiting: 1 });
    for (const { end } of pieces) end();
    expect(await Promise.all(taken)).toEqual(["a", "b", "c"]);
    await settled();
    expect({ running: slots.running, waiting: slots.waiting }).toEqual({ running: 0, waiting: 0 });
    expect(await slots.take(asked(), async () => "e")).toBe("e");
  });

  it("are there without a queue", async () => {
    const slots = open({ maxConcurrency: 1, maxQueue: 0 });
    const first = piece(1);
    const taken = slots.take(asked(), first.work);
    expect(await slots.take(asked(), async () => 2)).toEqual(busy);
    first.end();
    expect(await taken).toBe(1);
  });

  it("start one principal's work in the order it came", async () => {
    const slots = open({ maxConcurrency: 1, maxQueue: 10 });
    const order: number[] = [];
    await Promise.all([1, 2, 3].map((number) => slots.take(asked(), async () => order.push(number))));
    expect(order).toEqual([1, 2, 3]);
  });

  it("hold work that is aborted until it has ended", async () => {
    const slots = open({ maxConcurrency: 1, maxQueue: 0 });
    const abort = new AbortController();
    const ending = piece("ended");
    const taken = slots.take(asked({ signal: abort.signal }), ending.work);
    abort.abort();
    await settled();
    expect(slots.running).toBe(1);
    expect(await slots.take(asked(), async () => 1)).toEqual(busy);
    ending.end();
    expect(await taken).toBe("ended");
  });

  it("are free again when work throws, which its own caller hears alone", async () => {
    const slots = open({ maxConcurrency: 1, maxQueue: 1 });
    const fault = new Error("fault");
    const thrown = slots.take(asked(), async () => {
      throw fault;
    });
    const next = slots.take(asked(), async () => "next");
    await expect(thrown).rejects.toBe(fault);
    expect(await next).toBe("next");
  });
});

describe("a caller who gives up", () => {
  it("leaves the queue, and its place is free", async () => {
    const slots = open({ maxConcurrency: 1, maxQueue: 1 });
    const first = piece(1);
    const running = slots.take(asked(), first.work);
    const abort = new AbortController();
    let hasRun = false;
    const waiting = slots.take(asked({ signal: abort.signal }), async () => {
      hasRun = true;
    });
    const reason = new Error("gone");
    abort.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(slots.waiting).toBe(0);
    first.end();
    await running;
    await settled();
    expect(hasRun).toBe(false);
  });

  it("takes no slot when it was gone before", async () => {
    const slots = open({ maxConcurrency: 1, maxQueue: 1 });
    const reason = new Error("gone");
    await expect(slots.take(asked({ signal: AbortSignal.abort(reason) }), async () => 1)).rejects.toBe(reason);
    expect({ running: slots.running, waiting: slots.waiting }).toEqual({ running: 0, waiting: 0 });
  });
});

describe("principals", () => {
  /** Everything of `calls` waits behind one piece of work; answers the order in which they start. */
  async function orderOf(limits: SlotLimits, calls: readonly (readonly [principal: string, name: string])[]) {
    const slots = open(limits);
    const first = piece("");
    const running = slots.take(asked({ principal: "first" }), first.work);
    const order: string[] = [];
    const answers = calls.map(([principal, name]) =>
      slots.take(asked({ principal }), async () => {
        order.push(name);
        return name;
      }),
    );
    first.end();
    await running;
    return { order, answers: await Promise.all(answers) };
  }

  it("take turns, however many calls one of them has waiting", async () => {
    const flood = Array.from({ length: 8 }, (_none, at) => ["flood", `f${at}`] as const);
    const { order } = await orderOf({ maxConcurrency: 1, maxQueue: 16 }, [
      ...flood,
      ["a", "a0"],
      ["b", "b0"],
      ["a", "a1"],
    ]);
    expect(order.slice(0, 6)).toEqual(["f0", "a0", "b0", "f1", "a1", "f2"]);
  });

  it("find a place in a queue that another has filled: the flood loses its last call", async () => {
    const flood = Array.from({ length: 4 }, (_none, at) => ["flood", `f${at}`] as const);
    const { order, answers } = await orderOf({ maxConcurrency: 1, maxQueue: 4 }, [...flood, ["a", "a0"], ["b", "b0"]]);
    expect(order).toEqual(["f0", "a0", "b0", "f1"]);
    expect(answers).toEqual(["f0", "f1", busy, busy, "a0", "b0"]);
  });

  it("who flood meet their own calls only", async () => {
    const others = ["a", "b", "c"].map((name) => [name, name] as const);
    const flood = Array.from({ length: 50 }, (_none, at) => ["flood", `f${at}`] as const);
    const { answers } = await orderOf({ maxConcurrency: 1, maxQueue: 6 }, [...others, ...flood, ["d", "d"]]);
    expect(answers.slice(0, 3)).toEqual(["a", "b", "c"]);
    expect(answers.at(-1)).toBe("d");
    expect(answers.slice(3, 53).filter((answer) => typeof answer === "string").length).toBeLessThanOrEqual(3);
  });

  it("cannot hold every slot when there are others", async () => {
    const slots = open({ maxConcurrency: 3, maxPerPrincipal: 2, maxQueue: 9 });
    const pieces = [piece("f0"), piece("f1"), piece("f2")];
    const taken = pieces.map(({ work }) => slots.take(asked({ principal: "flood" }), work));
    expect({ running: slots.running, waiting: slots.waiting }).toEqual({ running: 2, waiting: 1 });
    expect(await slots.take(asked({ principal: "a" }), async () => "a")).toBe("a");
    for (const { end } of pieces) end();
    expect(await Promise.all(taken)).toEqual(["f0", "f1", "f2"]);
  });
});

describe("heavy programs", () => {
  it("are few at once, and a text tool does not wait for them", async () => {
    const slots = open({ maxConcurrency: 3, maxHeavy: 1, maxQueue: 9 });
    const pieces = [piece("k0"), piece("k1")];
    const taken = pieces.map(({ work }) => slots.take(asked({ binaries: ["kubectl", "grep"] }), work));
    expect({ running: slots.running, waiting: slots.waiting }).toEqual({ running: 1, waiting: 1 });
    expect(await slots.take(asked({ binaries: ["jq"] }), async () => "jq")).toBe("jq");
    for (const { end } of pieces) end();
    expect(await Promise.all(taken)).toEqual(["k0", "k1"]);
  });
});

describe("busy", () => {
  it("says when to come back: how long slots are held, times the rounds ahead, within bounds", async () => {
    const time = { ms: 0 };
    const slots = createSlots({ maxConcurrency: 1, maxQueue: 2 }, { monotonic: () => time.ms });
    const holdFor = (ms: number) =>
      slots.take(asked(), async () => {
        time.ms += ms;
      });
    const whenBusy = async () => {
      const pieces = [piece(1), piece(2), piece(3)];
      const taken = pieces.map(({ work }) => slots.take(asked(), work));
      const answer = await slots.take(asked(), async () => "");
      for (const { end } of pieces) end();
      await Promise.all(taken);
      return answer;
    };
    await holdFor(4000);
    expect(await whenBusy()).toEqual({ kind: "busy", retryAfterMs: 8000 });
    for (let times = 0; times < 30; times += 1) await holdFor(50_000);
    expect(await whenBusy()).toEqual({ kind: "busy", retryAfterMs: 30_000 });
    for (let times = 0; times < 60; times += 1) await holdFor(1);
    expect(await whenBusy()).toEqual({ kind: "busy", retryAfterMs: 250 });
  });
});
