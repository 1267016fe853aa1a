// A stand-in for Telegram's Bot API, which cannot be had in a test: keeps what was sent, refuses text that Telegram's documented
// rules refuse, and presses buttons as a person does, those with a link and those that call back.
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { startStandIn } from "../helpers/stand-in.ts";

const button = z.looseObject({ text: z.string(), url: z.string().optional(), callback_data: z.string().optional() });
const messageSchema = z.looseObject({
  chat_id: z.coerce.string(),
  text: z.string(),
  parse_mode: z.string().optional(),
  reply_markup: z
    .preprocess(
      (value) => (typeof value === "string" ? JSON.parse(value) : value),
      z.looseObject({ inline_keyboard: z.array(z.array(button)).optional() }),
    )
    .optional(),
});
export type Message = z.output<typeof messageSchema> & { readonly id: number };

export interface Person {
  readonly id: number;
  readonly username: string;
}

export interface Telegram {
  readonly url: string;
  readonly messages: readonly Message[];
  /** What was shown to whoever pressed a button, as a notice. */
  readonly notices: readonly string[];
  /** The first message of that kind behind so many others, as soon as it is there. */
  readonly waitFor: (text: RegExp, from?: number, timeoutMs?: number) => Promise<Message>;
  /** Answers the status that n8n gave; tries again while n8n has not parked the execution yet. */
  readonly press: (message: Message, label: string, person: Person) => Promise<number>;
  /** Says something to the bot in a chat. */
  readonly say: (text: string, chat: number, person: Person) => Promise<number>;
  /** From now on Telegram cannot say which webhook it has: n8n then sends links, which have no identity, instead of buttons. */
  webhookInfoFails: boolean;
  readonly stop: () => Promise<void>;
}

/** How often and how soon a press is tried again, milliseconds. */
const presses = { count: 20, everyMs: 250 };

export const botToken = "42:test-bot";

/** `local`: where n8n really is, whatever address it calls itself by. */
export async function startTelegram(local: () => string): Promise<Telegram> {
  const messages: Message[] = [];
  const notices: string[] = [];
  let updates = 0;
  let webhook: { readonly url: string; readonly secret: string } | undefined;
  const answer = (method: string, body: unknown): { readonly status: number; readonly result: unknown } => {
    if (method === "setWebhook") {
      const { url, secret_token: secret = "" } = z
        .looseObject({ url: z.string(), secret_token: z.string().optional() })
        .parse(body);
      webhook = { url, secret };
    }
    if (method === "deleteWebhook") webhook = undefined;
    if (method === "answerCallbackQuery")
      notices.push(z.looseObject({ text: z.string().default("") }).parse(body).text);
    if (method === "getWebhookInfo" && telegram.webhookInfoFails)
      return { status: 500, result: "Internal Server Error" };
    if (method === "getWebhookInfo") return { status: 200, result: { url: webhook?.url ?? "" } };
    if (method !== "sendMessage") return { status: 200, result: true };
    const message = { ...messageSchema.parse(body), id: messages.length + 1 };
    const fault = faultOf(message);
    if (fault !== undefined) return { status: 400, result: fault };
    messages.push(message);
    return {
      status: 200,
      result: { message_id: message.id, chat: { id: Number(message.chat_id) }, text: message.text },
    };
  };
  const server = await startStandIn(({ path, body }) => {
    const [, method = ""] = /^\/bot[^/]+\/(\w+)/.exec(path) ?? [];
    const { status, result } = answer(method, body === "" ? {} : JSON.parse(body));
    const ok = status === 200;
    return { status, json: ok ? { ok, result } : { ok, error_code: status, description: result } };
  });
  const here = (url: string): string => url.replace(/^https?:\/\/[^/]+/, local());
  const update = async (what: Readonly<Record<string, unknown>>): Promise<number> => {
    const sent = await fetch(here(webhook?.url ?? ""), {
      method: "POST",
      headers: { "content-type": "application/json", "x-telegram-bot-api-secret-token": webhook?.secret ?? "" },
      body: JSON.stringify({ update_id: (updates += 1), ...what }),
    });
    await sent.text();
    return sent.status;
  };
  const telegram: Telegram = {
    url: server.url,
    messages,
    webhookInfoFails: false,
    notices,
    waitFor: async (text, from = 0, timeoutMs = 120_000) => {
      const until = Date.now() + timeoutMs;
      for (;;) {
        const found = messages.slice(from).find((message) => text.test(message.text));
        if (found !== undefined) return found;
        if (Date.now() > until)
          throw new Error(
            `no message like ${text}; there were ${JSON.stringify(
              messages.map((m) => m.text),
              null,
              1,
            )}`,
          );
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    press: async (message, label, from) => {
      const pressed = message.reply_markup?.inline_keyboard?.flat().find(({ text }) => text === label);
      if (pressed === undefined) throw new Error(`no button ${label} under ${JSON.stringify(message)}`);
      if (pressed.url !== undefined)
        return (
          await fetch(here(pressed.url), { headers: { "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0" } })
        ).status;
      return retried(() =>
        update({
          callback_query: {
            id: "1",
            from: userOf(from),
            message: { message_id: message.id, chat: { id: Number(message.chat_id) }, text: message.text },
            data: pressed.callback_data,
          },
        }),
      );
    },
    say: (text, chat, person) =>
      update({ message: { message_id: 1, date: 1, from: userOf(person), chat: { id: chat, type: "private" }, text } }),
    stop: server.stop,
  };
  return telegram;
}

const userOf = ({ id, username }: Person) => ({ id, username, is_bot: false, first_name: username });

async function retried(press: () => Promise<number>): Promise<number> {
  for (let left = presses.count; ; left -= 1) {
    const status = await press();
    if (status !== 409 || left === 0) return status;
    await sleep(presses.everyMs);
  }
}

/** In legacy Markdown each of these comes in pairs outside of code; in HTML every tag is one of a few. */
function faultOf({ text, parse_mode: mode }: Message): string | undefined {
  if (text.length > 4096) return "Bad Request: message is too long";
  if (text.trim() === "") return "Bad Request: message text is empty";
  if (mode === "HTML") {
    const strange = [...text.matchAll(/<\/?([^\s>]*)[^>]*>?/g)].find(
      ([tag, name = ""]) => !/^(b|i|u|s|a|code|pre)$/.test(name) || !tag.endsWith(">"),
    );
    return strange === undefined
      ? undefined
      : `Bad Request: can't parse entities: Unsupported start tag "${strange[1] ?? ""}"`;
  }
  if (mode !== "Markdown") return undefined;
  const plain = text.replaceAll(/```[\s\S]*?```|`[^`]*`|\[[^\]]*\]\([^)]*\)/g, "");
  const odd = ["_", "*", "`", "["].find((sign) => (plain.split(sign).length - 1) % 2 === 1);
  return odd === undefined ? undefined : `Bad Request: can't parse entities: can't find end of the entity at ${odd}`;
}
