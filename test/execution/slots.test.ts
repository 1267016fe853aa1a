// The slots: who works, who waits, who is refused, and who leaves.
import { expect, it } from "vitest";
import { createSlots } from "../../src/execution/slots.ts";

/** Work that ends when it is told to. */
function piece<T>(value: T) {
  const { promise, resolve } = Promise.withResolvers<T>();
  return { work: () => promise, end: () => resolve(value) };
}

const never = () => new AbortController().signal;
const settled = () => new Promise((resolve) => setImmediate(resolve));

it("work beyond slots and queue is refused at once", async () => {
  const slots = createSlots({ maxConcurrency: 2, maxQueue: 1 });
  const pieces = [piece("a"), piece("b"), piece("c")];
  const taken = pieces.map(({ work }) => slots.take(never(), work));
  expect(slots.take(never(), async () => "d")).toBeNull();
  expect({ running: slots.running, waiting: slots.waiting }).toEqual({ running: 2, waiting: 1 });
  for (const { end } of pieces) end();
  expect(await Promise.all(taken.map(async (work) => await work))).toEqual(["a", "b", "c"]);
  await settled();
  expect({ running: slots.running, waiting: slots.waiting }).toEqual({ running: 0, waiting: 0 });
  expect(await slots.take(never(), async () => "e")).toBe("e");
});

it("a queue of none still has its slots", async () => {
  const slots = createSlots({ maxConcurrency: 1, maxQueue: 0 });
  const first = piece(1);
  const taken = slots.take(never(), first.work);
  expect(slots.take(never(), async () => 2)).toBeNull();
  first.end();
  expect(await taken).toBe(1);
});

it("work starts in the order it came", async () => {
  const slots = createSlots({ maxConcurrency: 1, maxQueue: 10 });
  const order: number[] = [];
  await Promise.all([1, 2, 3].map(async (number) => await slots.take(never(), async () => order.push(number))));
  expect(order).toEqual([1, 2, 3]);
});

it("a caller who gives up leaves the queue, and its place is free", async () => {
  const slots = createSlots({ maxConcurrency: 1, maxQueue: 1 });
  const first = piece(1);
  const running = slots.take(never(), first.work);
  const abort = new AbortController();
  let hasRun = false;
  const waiting = slots.take(abort.signal, async () => {
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

it("a caller who has given up before takes no slot", async () => {
  const slots = createSlots({ maxConcurrency: 1, maxQueue: 1 });
  const reason = new Error("gone");
  await expect(slots.take(AbortSignal.abort(reason), async () => 1)).rejects.toBe(reason);
  await settled();
  expect({ running: slots.running, waiting: slots.waiting }).toEqual({ running: 0, waiting: 0 });
});

it("work that is aborted while it runs holds its slot until it has ended", async () => {
  const slots = createSlots({ maxConcurrency: 1, maxQueue: 0 });
  const abort = new AbortController();
  const ending = piece("ended");
  const taken = slots.take(abort.signal, ending.work);
  abort.abort();
  await settled();
  expect(slots.running).toBe(1);
  expect(slots.take(never(), async () => 1)).toBeNull();
  ending.end();
  expect(await taken).toBe("ended");
});

it("work that throws rejects for its caller only and frees its slot", async () => {
  const slots = createSlots({ maxConcurrency: 1, maxQueue: 1 });
  const fault = new Error("fault");
  const thrown = slots.take(never(), async () => {
    throw fault;
  });
  const next = slots.take(never(), async () => "next");
  await expect(thrown).rejects.toBe(fault);
  expect(await next).toBe("next");
});
