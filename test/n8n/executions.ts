// What n8n did with a workflow, read back through its REST API: which nodes ran, in which order, and what each put out.
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import type { N8n } from "./n8n.ts";

const endTimeoutMs = 300_000;

const itemsSchema = z.array(z.looseObject({ json: z.record(z.string(), z.unknown()) })).nullish();
const runSchema = z.looseObject({
  startTime: z.int(),
  executionIndex: z.int(),
  executionStatus: z.string(),
  error: z.looseObject({ message: z.string() }).optional(),
  data: z.looseObject({ main: z.array(itemsSchema).optional() }).optional(),
});
const dataSchema = z.looseObject({
  resultData: z.looseObject({
    runData: z.record(z.string(), z.array(runSchema)),
    error: z.looseObject({ message: z.string() }).optional(),
  }),
});

export interface Execution {
  readonly id: string;
  readonly status: string;
  /** Names of the nodes as they ran; one that ran twice stands there twice. */
  readonly nodes: readonly string[];
  /** First item of the first output that has one, in the node's last run. @throws Error when it did not run */
  readonly output: (node: string) => Readonly<Record<string, unknown>>;
  readonly error: string | undefined;
}

const listed = z.looseObject({ results: z.array(z.looseObject({ id: z.string(), status: z.string() })) });

async function runsOf(n8n: N8n, workflow: string) {
  const filter = encodeURIComponent(JSON.stringify({ workflowId: workflow }));
  return listed.parse(await n8n.rest("GET", `/executions?filter=${filter}&limit=100`)).results;
}

/** What `start` sets going; answers its id as soon as n8n has begun. */
export async function nextExecution(n8n: N8n, workflow: string, start: () => Promise<unknown>): Promise<string> {
  const before = new Set((await runsOf(n8n, workflow)).map(({ id }) => id));
  await start();
  const deadline = Date.now() + endTimeoutMs;
  for (;;) {
    const found = (await runsOf(n8n, workflow)).find(({ id }) => !before.has(id));
    if (found !== undefined) return found.id;
    if (Date.now() > deadline) throw new Error("n8n began nothing");
    await sleep(100);
  }
}

export async function readExecution(n8n: N8n, id: string): Promise<Execution> {
  const { status, data } = z
    .looseObject({ status: z.string(), data: z.string() })
    .parse(await n8n.rest("GET", `/executions/${id}`));
  const { runData, error } = dataSchema.parse(unflatten(data)).resultData;
  // Models, parsers and tools run inside another node, and put nothing out of their own.
  const runs = Object.entries(runData)
    .flatMap(([node, all]) => all.map((run) => ({ node, run })))
    .filter(({ run: { data } }) => data === undefined || data.main !== undefined);
  return {
    id,
    status,
    // n8n counts anew when an execution goes on after a wait.
    nodes: runs
      .toSorted(({ run: a }, { run: b }) => a.startTime - b.startTime || a.executionIndex - b.executionIndex)
      .map(({ node }) => node),
    output: (node) => {
      const item = runData[node]?.at(-1)?.data?.main?.flatMap((items) => items ?? [])[0];
      if (item === undefined) throw new Error(`${node} put nothing out; there ran ${Object.keys(runData).join(", ")}`);
      return item.json;
    },
    error: error?.message,
  };
}

/** Waits until it has ended, for better or worse. */
export async function endedExecution(n8n: N8n, id: string): Promise<Execution> {
  const deadline = Date.now() + endTimeoutMs;
  for (;;) {
    const execution = await readExecution(n8n, id);
    if (!["new", "running", "waiting"].includes(execution.status)) return execution;
    if (Date.now() > deadline)
      throw new Error(`execution ${id} is still ${execution.status} after ${execution.nodes.join(", ")}`);
    await sleep(500);
  }
}

/** n8n keeps an execution as one flat list: a string inside an object or a list is the place of what belongs there. */
function unflatten(text: string): unknown {
  const flat = z.array(z.unknown()).parse(JSON.parse(text));
  const made = new Map<number, unknown>();
  const at = (place: number): unknown => {
    if (made.has(place)) return made.get(place);
    const value = flat[place];
    if (typeof value !== "object" || value === null) return value;
    const whole: Record<string, unknown> | unknown[] = Array.isArray(value) ? [] : {};
    made.set(place, whole);
    for (const [key, inner] of Object.entries(value))
      Reflect.set(whole, key, typeof inner === "string" ? at(Number(inner)) : inner);
    return whole;
  };
  return at(0);
}
