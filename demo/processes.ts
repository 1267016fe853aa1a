// The real server as a process of its own, on a port that is free. Used by demo.ts.
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";

export interface ServerRequest {
  /** A folder for the secret key and the audit. */
  readonly folder: string;
  readonly kubeconfig: string;
  readonly key: string;
  /** 0: any free one. */
  readonly port: number;
  /** Hears what the server says on standard error from level `warn` on. */
  readonly onMessage: (text: string) => void;
}

export interface ServerProcess {
  readonly auditFile: string;
  /** The port, as soon as /readyz says yes. Rejects when the process ends before. */
  readonly ready: Promise<number>;
  /** Resolves when the process has ended, by `stop` or by itself. */
  readonly ended: Promise<void>;
  /** SIGTERM, and SIGKILL when that takes too long. */
  readonly stop: () => Promise<void>;
}

/** How long the server may take to drain after SIGTERM, milliseconds. */
const patienceMs = 5000;
const main = path.resolve(import.meta.dirname, "../src/main.ts");

export function startServer({ folder, kubeconfig, key, port, onMessage }: ServerRequest): ServerProcess {
  const auditFile = path.join(folder, "audit.jsonl");
  const secretKeyFile = path.join(folder, "secret-key");
  writeFileSync(secretKeyFile, randomBytes(32).toString("hex"), { mode: 0o600 });
  const child = spawn(process.execPath, [main, "serve"], {
    // In a group of its own: Ctrl-C reaches the demo alone, which then ends the server in order.
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      ...kept(["PATH", "HOME", "TMPDIR", "AISRE_TOOL_PATH"]),
      KUBECONFIG: kubeconfig,
      MCP_API_KEY: key,
      MCP_SERVER_PORT: String(port),
      AISRE_AUDIT_FILE: auditFile,
      AISRE_SECRET_KEY_FILE: secretKeyFile,
      LOG_LEVEL: "info",
    },
  });
  const killAtExit = (): void => void child.kill("SIGKILL");
  process.once("exit", killAtExit);
  const ended = new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("close", () => resolve());
  });
  return {
    auditFile,
    ready: whenReady(boundPort(child, onMessage), ended),
    ended,
    stop: async () => {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
      await ended;
      clearTimeout(timer);
      process.removeListener("exit", killAtExit);
    },
  };
}

/** `preferred` when it is free on loopback, 0 otherwise. */
export function freePort(preferred: number): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(0));
    probe.listen(preferred, "127.0.0.1", () => probe.close(() => resolve(preferred)));
  });
}

const logSchema = z.looseObject({ level: z.string(), message: z.string(), port: z.int().optional() });

/** The port of the log line "serving"; hands on what is a warning or no log line at all. */
function boundPort({ stderr }: ChildProcess, onMessage: (text: string) => void): Promise<number> {
  return new Promise((resolve) => {
    if (stderr === null) return;
    createInterface(stderr).on("line", (line) => {
      const entry = readLog(line);
      if (entry === undefined) onMessage(line);
      else if (entry.message === "serving" && entry.port !== undefined) resolve(entry.port);
      else if (/^(warn|error|fatal)$/.test(entry.level)) onMessage(`${entry.level}: ${entry.message}`);
    });
  });
}

function readLog(line: string): z.infer<typeof logSchema> | undefined {
  try {
    return logSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

async function whenReady(bound: Promise<number>, ended: Promise<void>): Promise<number> {
  const gone = new AbortController();
  void ended.then(() => gone.abort());
  const port = (await Promise.race([bound, ended])) ?? 0;
  while (!gone.signal.aborted) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    if (answer?.ok === true) return port;
    await sleep(50);
  }
  throw new Error("the server ended before it was ready");
}

const kept = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
