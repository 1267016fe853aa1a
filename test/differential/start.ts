// Starts one program, waits for its end, bounded in time and output. The environment holds what it is given and nothing else.
import { spawn } from "node:child_process";

export interface Start {
  readonly file: string;
  readonly words: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly stdin?: string | undefined;
  readonly timeoutMs?: number;
}

export interface Outcome {
  /** null: it was ended. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const maxOutputBytes = 512 * 1024;

export function start({ file, words, cwd, environment, stdin, timeoutMs = 60_000 }: Start): Promise<Outcome> {
  const child = spawn(file, words, { cwd, env: environment, stdio: ["pipe", "pipe", "pipe"] });
  const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (chunk: string) => {
      texts[name] += chunk;
      if (texts[name].length > maxOutputBytes) child.kill("SIGKILL");
    });
  }
  // A program that reads nothing closes its end before we have written.
  child.stdin.on("error", () => undefined);
  child.stdin.end(stdin ?? "");
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => {
      clearTimeout(timer);
      resolve({ status, ...texts });
    });
  });
}
