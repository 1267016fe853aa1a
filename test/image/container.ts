// A container of the image as a restricted pod runs it: read-only root, no capabilities, no new privileges, the runtime's own
// seccomp filter, the image's own user. What the image's tests and its benchmark start.
import type { SpawnSyncReturns } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Engine, runEngine } from "../../image/engine.ts";
import type { Place } from "../helpers/clients.ts";

export const containerKey = "image-test-key-0123456789";

export interface Container extends Place {
  readonly base: string;
  readonly name: string;
  /** From the engine's start to the first answer of /readyz, milliseconds. */
  readonly startMs: number;
  /** Process ids as this machine counts them: the first of the container, and the server's. */
  readonly init: number;
  readonly server: number;
  readonly logs: () => string;
  readonly exec: (...words: readonly string[]) => { readonly status: number | null; readonly text: string };
  /** SIGTERM, and how it ended. */
  readonly stop: (graceS?: number) => Promise<number>;
  readonly remove: () => void;
}

export interface ContainerSettings {
  readonly environment?: Readonly<Record<string, string>>;
  /** Files of this machine → where they stand in the container. */
  readonly files?: Readonly<Record<string, string>>;
  /** More words for the engine's `run`. */
  readonly flags?: readonly string[];
}

const restricted = [
  "--network",
  "host",
  "--read-only",
  "--tmpfs",
  "/tmp:mode=1777",
  "--no-healthcheck",
  "--cap-drop",
  "all",
  "--security-opt",
  "no-new-privileges",
];
const patienceMs = 60_000;

/** Starts it and waits until it is ready. @throws Error with its log when it is not */
export async function startContainer(
  engine: Engine,
  image: string,
  settings: ContainerSettings = {},
): Promise<Container> {
  const name = `aisre-test-${randomBytes(4).toString("hex")}`;
  const { environment = {}, files = {}, flags = [] } = settings;
  const all = { MCP_SERVER_HOST: "127.0.0.1", MCP_SERVER_PORT: "0", MCP_API_KEY: containerKey, ...environment };
  const words = [
    "run",
    "--detach",
    "--name",
    name,
    ...engine.limits,
    ...restricted,
    ...flags,
    ...Object.entries(all).flatMap(([variable, value]) => ["--env", `${variable}=${value}`]),
    ...Object.entries(files).flatMap(([from, to]) => ["--volume", `${from}:${to}:ro`]),
    image,
  ];
  const begun = performance.now();
  const started = runEngine(engine, words);
  if (started.status !== 0) throw new Error(`${engine.name} could not start ${image}: ${started.stderr}`);
  const logs = (): string => joined(runEngine(engine, ["logs", name]));
  const remove = (): void => void runEngine(engine, ["rm", "--force", "--volumes", name]);
  try {
    const port = await servingPort(logs, begun);
    const startMs = Math.round(performance.now() - begun);
    const base = `http://127.0.0.1:${port}`;
    const init = Number(runEngine(engine, ["inspect", "--format", "{{.State.Pid}}", name]).stdout);
    const server = processesWith(init).find((pid) => pid !== init && commandOf(pid).startsWith("/usr/local/bin/node"));
    return {
      base,
      name,
      startMs,
      init,
      logs,
      remove,
      server: server ?? init,
      url: `${base}/mcp/http`,
      wsUrl: `ws://127.0.0.1:${port}/mcp`,
      key: containerKey,
      exec: (...command) => {
        const run = runEngine(engine, ["exec", name, ...command]);
        return { status: run.status, text: joined(run) };
      },
      stop: (graceS = 40) => stopped(engine, name, graceS),
    };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Ends with the container's own exit code; `stop` waits, so it runs beside what the test does. */
async function stopped(engine: Engine, name: string, graceS: number): Promise<number> {
  runEngine(engine, ["kill", "--signal", "TERM", name]);
  const deadline = performance.now() + graceS * 1000;
  for (;;) {
    const state = runEngine(engine, [
      "inspect",
      "--format",
      "{{.State.Running}} {{.State.ExitCode}}",
      name,
    ]).stdout.trim();
    if (state.startsWith("false ")) return Number(state.split(" ")[1]);
    if (performance.now() > deadline) throw new Error(`${name} runs on ${graceS} s after SIGTERM`);
    await sleep(100);
  }
}

async function servingPort(logs: () => string, begun: number): Promise<number> {
  for (;;) {
    const text = logs();
    const port = /"port":(\d+).*"message":"serving"/.exec(text)?.[1];
    if (port !== undefined) return Number(port);
    if (/^ai-sre: /m.test(text) || performance.now() - begun > patienceMs)
      throw new Error(`it does not serve:\n${text}`);
    await sleep(50);
  }
}

/** All processes of the container, by its namespace of process ids. */
export function processesWith(init: number): readonly number[] {
  const namespace = readlinkSync(`/proc/${init}/ns/pid`);
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/ns/pid`) === namespace;
      } catch {
        return false;
      }
    });
}

export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

/** A field of /proc/PID/status: `VmRSS` → `116308 kB`. */
export function statusOf(pid: number, field: string): string {
  const line = readFileSync(`/proc/${pid}/status`, "utf8")
    .split("\n")
    .find((line) => line.startsWith(`${field}:`));
  return (
    line
      ?.slice(field.length + 1)
      .trim()
      .replaceAll("\t", " ") ?? ""
  );
}

const joined = ({ stdout, stderr }: SpawnSyncReturns<string>): string => `${stdout ?? ""}${stderr ?? ""}`;
