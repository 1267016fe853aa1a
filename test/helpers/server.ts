// The whole server as a process of its own, configured by its environment as in production; what the full-stack tests start.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import * as z from "zod";
import type { Place, StdioProgram } from "./clients.ts";

const root = path.resolve(import.meta.dirname, "../..");
export const serverKey = "full-stack-test-key-0123456789";

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
  /** SIGTERM, waits for the end, removes the folder. */
  close(): Promise<void>;
}

export interface FailedStart {
  readonly code: number | null;
  readonly stderr: string;
  readonly stdout: string;
}

/** Starts it and waits until it serves; rejects with what it said when it ends instead. */
export async function startServer(settings: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
  const folder = mkdtempSync(path.join(tmpdir(), "aisre-server-"));
  const auditFile = settings["AISRE_AUDIT_FILE"] ?? path.join(folder, "audit.jsonl");
  let programs = 0;
  const stdio = (): StdioProgram => ({
    command: process.execPath,
    args: [path.join(root, "src/main.ts"), "serve", "--stdio"],
    env: {
      LOG_LEVEL: "info",
      ...settings,
      AISRE_AUDIT_FILE: path.join(folder, `audit-stdio-${(programs += 1)}.jsonl`),
    },
    cwd: folder,
  });
  const child = spawn(process.execPath, [path.join(root, "src/main.ts"), "serve"], {
    cwd: folder,
    env: {
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
  const auditText = (): string => readFileSync(auditFile, "utf8");
  return {
    base,
    metricsBase: `http://127.0.0.1:${metricsPort ?? port}`,
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
      child.kill("SIGTERM");
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
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
  return { code, ...chunks };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
