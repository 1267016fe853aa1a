// The whole server as a process of its own, configured by its environment as in production; what the full-stack tests start. When
// it is closed, nothing of its credentials may be in what it said, wrote and started.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import * as z from "zod";
import type { Canary } from "./canary.ts";
import type { Place, StdioProgram } from "./clients.ts";
import { expectNoCanary, filesBelow, planted } from "./planted.ts";
import { watchChildren } from "./watch-children.ts";

const root = path.resolve(import.meta.dirname, "../..");
export const serverKey = planted.key.value;
/** How often the processes below a server are looked at, milliseconds. */
const lookMs = 50;

const servingLine = z.looseObject({ message: z.literal("serving"), port: z.int(), metricsPort: z.int().optional() });
const auditLine = z.looseObject({
  kind: z.string(),
  call_id: z.string().optional(),
  code: z.string().optional(),
  effect: z.string().optional(),
  argvs: z.array(z.array(z.string())).optional(),
});
export type AuditLine = z.output<typeof auditLine>;

export interface ServerProcess extends Place {
  readonly base: string;
  readonly metricsBase: string;
  readonly pid: number;
  /** A folder of this server that goes away with it; holds `audit.jsonl`. */
  readonly folder: string;
  readonly auditText: () => string;
  readonly audit: () => readonly AuditLine[];
  readonly stderr: () => string;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** SIGTERM, waits for the end, removes the folder. @throws Error when a credential is in anything that is left of it */
  close(): Promise<void>;
}

export interface FailedStart {
  readonly code: number | null;
  readonly stderr: string;
  readonly stdout: string;
}

/** Starts it and waits until it serves; rejects with what it said when it ends instead. `main` is another program than the server's. */
export async function startServer(
  settings: Readonly<Record<string, string>> = {},
  main: readonly string[] = [path.join(root, "src/main.ts"), "serve"],
): Promise<ServerProcess> {
  const folder = mkdtempSync(path.join(tmpdir(), "aisre-server-"));
  const temporary = settings["TMPDIR"] ?? path.join(folder, "t");
  if (settings["TMPDIR"] === undefined) mkdirSync(temporary);
  const auditFile = settings["AISRE_AUDIT_FILE"] ?? path.join(folder, "audit.jsonl");
  let programs = 0;
  const stdio = (): StdioProgram => ({
    command: process.execPath,
    args: [...main, "--stdio"],
    env: {
      LOG_LEVEL: "info",
      ...settings,
      AISRE_AUDIT_FILE: path.join(folder, `audit-stdio-${(programs += 1)}.jsonl`),
    },
    cwd: folder,
  });
  const child = spawn(process.execPath, main, {
    cwd: folder,
    env: {
      TMPDIR: temporary,
      MCP_SERVER_PORT: "0",
      MCP_API_KEY: serverKey,
      AISRE_AUDIT_FILE: auditFile,
      LOG_LEVEL: "info",
      ...settings,
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const exited: ServerProcess["exited"] = new Promise((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  const said: string[] = [];
  const serving = new Promise<z.output<typeof servingLine>>((resolve, reject) => {
    createInterface({ input: child.stderr }).on("line", (line) => {
      said.push(line);
      const read = servingLine.safeParse(parse(line));
      if (read.success) resolve(read.data);
    });
    void exited.then(({ code }) => reject(new Error(`the server ended with ${code}: ${said.join("\n")}`)));
  });
  const { port, metricsPort } = await serving;
  const base = `http://127.0.0.1:${port}`;
  const metricsBase = `http://127.0.0.1:${metricsPort ?? port}`;
  const children = watchChildren(child.pid ?? -1, lookMs);
  const canaries = [...clusterCanary(settings["KUBECONFIG"])];
  /** What is there while it lives, each with a name. */
  const traces = async (): Promise<readonly (readonly [where: string, text: string])[]> => {
    children.end();
    const metrics = await fetch(`${metricsBase}/metrics`).then(
      (answer) => answer.text(),
      () => "",
    );
    return [...children.seen(), ["the metrics", metrics], ...filesBelow(temporary)];
  };
  const auditText = (): string => readFileSync(auditFile, "utf8");
  return {
    base,
    metricsBase,
    url: `${base}/mcp/http`,
    wsUrl: `ws://127.0.0.1:${port}/mcp`,
    key: serverKey,
    stdio,
    pid: child.pid ?? -1,
    folder,
    auditText,
    audit: () =>
      auditText()
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => auditLine.parse(JSON.parse(line))),
    stderr: () => said.join("\n"),
    exited,
    kill: (signal) => child.kill(signal),
    close: async () => {
      const living = await traces();
      child.kill("SIGTERM");
      await exited;
      const left = [...living, ["the log", said.join("\n")] as const, ...filesBelow(folder)];
      rmSync(folder, { recursive: true, force: true });
      for (const [where, text] of left) expectNoCanary(where, text, canaries);
    },
  };
}

/** The simulated cluster lets in whoever knows its path. */
function* clusterCanary(kubeconfig: string | undefined): Iterable<Canary> {
  const text = kubeconfig === undefined ? "" : textOf(kubeconfig);
  const [, value] = /https?:\/\/[^/\s"]+\/([0-9a-f]{48})/.exec(text) ?? [];
  if (value !== undefined) yield { slot: "the cluster's path", value };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** Starts a server that is expected to refuse; resolves with its exit code and words. */
export async function startRefused(settings: Readonly<Record<string, string>>): Promise<FailedStart> {
  const child = spawn(process.execPath, [path.join(root, "src/main.ts"), "serve"], {
    cwd: tmpdir(),
    env: { MCP_SERVER_PORT: "0", LOG_LEVEL: "warn", ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const chunks = { stdout: "", stderr: "" };
  child.stdout.on("data", (data: Buffer) => (chunks.stdout += data.toString("utf8")));
  child.stderr.on("data", (data: Buffer) => (chunks.stderr += data.toString("utf8")));
  const code = await new Promise<number | null>((resolve) => {
    child.once("close", resolve);
  });
  for (const [where, text] of Object.entries(chunks)) expectNoCanary(where, text);
  return { code, ...chunks };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
