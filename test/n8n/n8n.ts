// A real n8n as a process of its own, headless, with a fresh folder: credentials and workflows come in through its REST API, as its
// editor sends them, so that credentials are found by their names. Nothing of it leaves loopback.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { installedN8n } from "../../scripts/n8n-folder.ts";
import { freePort } from "../helpers/free-port.ts";

export const owner = { email: "owner@example.org", password: "Owner-of-a-test-1" };
const startTimeoutMs = 240_000;
const lifetimeS = 1800;
const publishTimeoutMs = 120_000;
/** n8n asks by name for modules that look things up elsewhere when it starts. */
const withoutModules =
  "mcp-registry,community-packages,instance-ai,agents,chat-hub,quick-connect,insights,instance-version-history";

/** n8n's node_modules; undefined until `make test-n8n` has installed it. */
export const n8nModules = installedN8n();

/** What a template must say to be imported; everything else is n8n's to judge. */
export type WorkflowJson = Readonly<Record<string, unknown>>;

export interface N8n {
  /** Where it is; it calls itself something else, since its chat approvals want an https address. */
  readonly base: string;
  readonly rest: (method: string, place: string, body?: unknown) => Promise<unknown>;
  /** Makes a credential of that name; answers its id. */
  readonly credential: (name: string, type: string, data: Readonly<Record<string, unknown>>) => Promise<string>;
  /** Imports and publishes; answers the workflow's id. */
  readonly workflow: (json: WorkflowJson) => Promise<string>;
  readonly unpublish: (workflow: string) => Promise<void>;
  /** Calls a production webhook; answers its status. */
  readonly webhook: (place: string, body: unknown, headers?: Readonly<Record<string, string>>) => Promise<number>;
  /** Hosts that it tried to reach and was not let to. */
  readonly wentOut: () => readonly string[];
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

const made = z.looseObject({ id: z.string(), versionId: z.string().optional() });

/** @throws Error with what n8n said, when it does not come up */
export async function startN8n(modules: string | undefined = n8nModules): Promise<N8n> {
  if (modules === undefined) throw new Error("n8n is not installed: run `make test-n8n`");
  const folder = mkdtempSync(path.join(tmpdir(), "aisre-n8n-"));
  const home = path.join(folder, "home");
  const egress = path.join(folder, "egress.log");
  mkdirSync(home);
  const [port, broker] = await Promise.all([freePort(), freePort()]);
  const said: string[] = [];
  // It ends by itself when the test was killed.
  const bounded = ["--kill-after=5", String(lifetimeS), process.execPath];
  const child = spawn("timeout", [...bounded, path.join(modules, "n8n/bin/n8n"), "start"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...settings(modules, port, broker),
      PATH: `${path.dirname(process.execPath)}:/usr/bin:/bin`,
      HOME: home,
      TMPDIR: folder,
      N8N_USER_FOLDER: folder,
      LOOPBACK_LOG: egress,
    },
  });
  const killAtExit = (): void => void child.kill("SIGKILL");
  process.once("exit", killAtExit);
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data: Buffer) => said.push(data.toString("utf8")));
  const exited = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
  });
  const log = (): string => said.join("");
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await exited;
    clearTimeout(timer);
    process.removeListener("exit", killAtExit);
    rmSync(folder, { recursive: true, force: true });
  };
  const base = `http://127.0.0.1:${port}`;
  try {
    await isUp(log, exited);
    const rest = await login(base);
    return {
      base,
      rest,
      credential: async (name, type, data) => made.parse(await rest("POST", "/credentials", { name, type, data })).id,
      workflow: async (json) => {
        const { id, versionId } = made.parse(await rest("POST", "/workflows", json));
        await rest("POST", `/workflows/${id}/activate`, { versionId });
        await isLive(rest, id, versionId);
        return id;
      },
      unpublish: async (id) => {
        await rest("POST", `/workflows/${id}/deactivate`, {});
        await isLive(rest, id, null);
      },
      webhook: async (place, body, headers = {}) => {
        const answer = await fetch(`${base}/webhook/${place}`, {
          method: "POST",
          headers: { "content-type": "application/json", ...headers },
          body: JSON.stringify(body),
        });
        await answer.text();
        return answer.status;
      },
      wentOut: () => {
        try {
          return readFileSync(egress, "utf8").trim().split("\n");
        } catch {
          return [];
        }
      },
      log,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function settings(modules: string, port: number, broker: number): Readonly<Record<string, string>> {
  const bcrypt: { readonly hashSync: (text: string, rounds: number) => string } = createRequire(
    path.join(modules, "n8n/package.json"),
  )("bcryptjs");
  return {
    N8N_LISTEN_ADDRESS: "127.0.0.1",
    N8N_PORT: String(port),
    N8N_RUNNERS_BROKER_PORT: String(broker),
    N8N_RUNNERS_BROKER_LISTEN_ADDRESS: "127.0.0.1",
    // Without https and a name n8n falls back to links that whoever has them may press.
    N8N_WEBHOOK_URL: "https://n8n.example.org/",
    N8N_ENCRYPTION_KEY: "the encryption key of a test's n8n",
    N8N_INSTANCE_OWNER_MANAGED_BY_ENV: "true",
    N8N_INSTANCE_OWNER_EMAIL: owner.email,
    N8N_INSTANCE_OWNER_FIRST_NAME: "Owner",
    N8N_INSTANCE_OWNER_LAST_NAME: "Test",
    N8N_INSTANCE_OWNER_PASSWORD_HASH: bcrypt.hashSync(owner.password, 4),
    N8N_DIAGNOSTICS_ENABLED: "false",
    N8N_VERSION_NOTIFICATIONS_ENABLED: "false",
    N8N_TEMPLATES_ENABLED: "false",
    N8N_PERSONALIZATION_ENABLED: "false",
    N8N_HIRING_BANNER_ENABLED: "false",
    N8N_SECURE_COOKIE: "false",
    N8N_DISABLED_MODULES: withoutModules,
    NODE_OPTIONS: `--max-old-space-size=1024 --import=${path.join(import.meta.dirname, "fixtures/loopback-only.mjs")}`,
  };
}

async function isUp(log: () => string, exited: Promise<void>): Promise<void> {
  const gone = new AbortController();
  void exited.then(() => gone.abort());
  const deadline = Date.now() + startTimeoutMs;
  while (!log().includes("Editor is now accessible")) {
    if (gone.signal.aborted || Date.now() > deadline) throw new Error(`n8n does not come up: ${log().slice(-2000)}`);
    await sleep(200);
  }
}

const publication = z.looseObject({
  status: z.string(),
  liveVersionId: z.string().nullable(),
  triggers: z.array(z.looseObject({ status: z.string(), errorMessage: z.string().nullish() })),
});

/** n8n publishes, and takes back, some time after it was asked. */
async function isLive(rest: N8n["rest"], id: string, version: string | null | undefined): Promise<void> {
  const deadline = Date.now() + publishTimeoutMs;
  for (;;) {
    const { status, liveVersionId, triggers } = publication.parse(
      await rest("GET", `/workflows/${id}/publication-status`),
    );
    const failed = triggers.find((trigger) => trigger.status === "failed");
    if (failed !== undefined) throw new Error(`n8n does not publish workflow ${id}: ${failed.errorMessage}`);
    if (status !== "in_progress" && liveVersionId === (version ?? null)) return;
    if (Date.now() > deadline) throw new Error(`workflow ${id} is still ${status}`);
    await sleep(200);
  }
}

async function login(base: string): Promise<N8n["rest"]> {
  const answer = await fetch(`${base}/rest/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ emailOrLdapLoginId: owner.email, password: owner.password }),
  });
  if (!answer.ok) throw new Error(`n8n lets nobody in: ${answer.status} ${await answer.text()}`);
  const cookie = answer.headers
    .getSetCookie()
    .map((one) => one.split(";")[0])
    .join("; ");
  return async (method, place, body) => {
    const told = await fetch(`${base}/rest${place}`, {
      method,
      headers: { cookie, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await told.text();
    if (!told.ok) throw new Error(`${method} ${place}: ${told.status} ${text.slice(0, 500)}`);
    return z.looseObject({ data: z.unknown() }).parse(JSON.parse(text)).data;
  };
}
