// One n8n with the credentials that the templates name, and the stand-ins for Telegram and the model, for tests that play one scene
// after the other: `next` hears only what was said since the scene began.
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { fromAlertmanager, makeCredentials } from "./credentials.ts";
import { type Model, startModel } from "./model.ts";
import { type N8n, startN8n } from "./n8n.ts";
import { type Message, type Person, startTelegram, type Telegram } from "./telegram.ts";

/** How long anything may take, on a busy machine. */
const patienceMs = 120_000;
/** n8n refuses a press while it has not parked the execution yet. */
const parkingMs = 1000;

export const anna = { id: 42, username: "anna" } as const;
export const eve = { id: 7, username: "eve" } as const;

export interface Stage {
  readonly n8n: N8n;
  readonly telegram: Telegram;
  readonly model: Model;
  /** Begins a scene: forgets what was said, and what is left of the model's script. */
  readonly begin: () => void;
  /** Posts to a published webhook. */
  readonly post: (place: string, body: object) => Promise<void>;
  /** The first message of that kind in this scene, as soon as it is there. */
  readonly next: (text: RegExp) => Promise<Message>;
  readonly press: (message: Message, label: string, person: Person) => Promise<number>;
  /** Resolves when nothing runs or waits in n8n. */
  readonly idle: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const executions = z.looseObject({ results: z.array(z.looseObject({ status: z.string() })) });

export async function openStage(): Promise<Stage> {
  const n8n = await startN8n();
  const telegram = await startTelegram(() => n8n.base);
  const model = await startModel();
  await makeCredentials(n8n, { telegram: telegram.url, model: model.url });
  let seen = 0;
  return {
    n8n,
    telegram,
    model,
    begin: () => {
      seen = telegram.messages.length;
      model.script();
    },
    post: async (place, body) => {
      const deadline = Date.now() + patienceMs;
      for (;;) {
        const status = await n8n.webhook(place, body, fromAlertmanager);
        if (status === 200) return;
        // A workflow that was just published takes a moment.
        if (status !== 404 || Date.now() > deadline) throw new Error(`${place}: ${status}`);
        await sleep(250);
      }
    },
    next: async (text) => {
      const deadline = Date.now() + patienceMs;
      for (;;) {
        const said = telegram.messages.slice(seen);
        const found = said.find((message) => text.test(message.text));
        if (found !== undefined) return found;
        if (Date.now() > deadline)
          throw new Error(`nobody said ${text}, but ${JSON.stringify(said.map((message) => message.text))}`);
        await sleep(100);
      }
    },
    press: async (message, label, person) => {
      await sleep(parkingMs);
      return telegram.press(message, label, person);
    },
    idle: async () => {
      const deadline = Date.now() + patienceMs;
      for (;;) {
        await sleep(1500);
        const { results } = executions.parse(await n8n.rest("GET", "/executions?limit=10"));
        if (results.every(({ status }) => !["new", "running", "waiting"].includes(status))) return;
        if (Date.now() > deadline) throw new Error("n8n does not come to rest");
      }
    },
    close: async () => {
      await n8n.stop();
      await Promise.all([telegram.stop(), model.stop()]);
    },
  };
}
