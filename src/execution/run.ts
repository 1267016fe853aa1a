// Starts one process and sees it and its whole group to their end. The only importer of execa; called by execute.ts and
// probe.ts. Never uses a shell, never passes on the server's environment, never rejects for what a process does.
import { once } from "node:events";
import { execa } from "execa";
import { cancelled, type Ending, terminate, timeOver } from "./endings.ts";
import { offerToKernel, outgrown } from "./memory.ts";
import { type Collected, createCollector } from "./output.ts";
import { collect, drain } from "./pipes.ts";
import { endGroup } from "./process-group.ts";

export interface ProcessRequest {
  /** Absolute path. */
  readonly file: string;
  /** Without the program's name. */
  readonly parameters: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Absent: standard input is empty. */
  readonly stdin?: string;
  readonly maxStdoutBytes: number;
  readonly maxStderrBytes: number;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** The groups that are alive, for whoever has to end them all at once. */
  readonly groups: Set<number>;
}

export interface ProcessEnd {
  readonly ended: "exited" | "timed_out" | "cancelled";
  readonly exitCode?: number;
  readonly signal?: string;
  /** Why there was no process, e.g. "E2BIG". */
  readonly startError?: string;
  readonly stdout: Collected;
  readonly stderr: Collected;
  /** True when it was killed for printing without end. */
  readonly flooded: boolean;
  /** True when it was killed for holding too much memory. */
  readonly outgrown?: true;
}

/** Runs the process to its end or to a limit; afterwards no member of its group is alive. */
export async function run(request: ProcessRequest): Promise<ProcessEnd> {
  const stdout = createCollector(request.maxStdoutBytes);
  const stderr = createCollector(request.maxStderrBytes);
  const output = () => ({ stdout: stdout.take(), stderr: stderr.take() });
  if (request.signal?.aborted === true) return { ended: "cancelled", flooded: false, ...output() };

  const child = start(request);
  if (typeof child === "string") return { ended: "exited", startError: child, flooded: false, ...output() };
  const { pid, nodeChildProcess: handle, stdin } = child;
  if (pid === undefined) {
    return { ended: "exited", startError: (await child).code ?? "unknown", flooded: false, ...output() };
  }
  // The result is read off the process itself: execa's promise waits for pipes that an escaped child may hold.
  child.catch(() => undefined);
  request.groups.add(pid);
  offerToKernel(pid);

  const stop = new AbortController();
  try {
    const exit = once(handle, "exit");
    const pipes = [child.stdout, child.stderr];
    const flood = collect(pipes, [stdout, stderr], stop.signal);
    // A child that does not read, or ends first, breaks the pipe (EPIPE): its own affair.
    stdin?.on("error", () => undefined);
    stdin?.end(request.stdin);

    const ending = await Promise.race([
      exit.then((): Ending => "exit"),
      flood,
      outgrown(pid, stop.signal),
      timeOver(request.timeoutMs, stop.signal),
      cancelled(request.signal, stop.signal),
    ]);
    if (ending !== "exit") await terminate(pid, exit, ending);
    await endGroup(pid);
    await drain(pipes, [stdout, stderr]);

    return {
      ended: ending === "timed_out" || ending === "cancelled" ? ending : "exited",
      flooded: ending === "flood",
      ...(ending === "memory" ? { outgrown: true } : {}),
      ...(handle.exitCode === null ? {} : { exitCode: handle.exitCode }),
      ...(handle.signalCode === null ? {} : { signal: handle.signalCode }),
      ...output(),
    };
  } finally {
    stop.abort();
    request.groups.delete(pid);
    for (const stream of [stdin, child.stdout, child.stderr]) stream?.destroy();
  }
}

/** The child, or the code of the error that keeps it from starting. */
function start({ file, parameters, environment, cwd, stdin }: ProcessRequest) {
  // execa throws an error without a code here; Node's own has this one.
  if (parameters.some((parameter) => parameter.includes("\0"))) return "ERR_INVALID_ARG_VALUE";
  try {
    return execa(file, parameters, {
      cwd,
      env: environment,
      extendEnv: false,
      detached: true,
      cleanup: false,
      stdin: stdin === undefined ? "ignore" : "pipe",
      stdout: "pipe",
      stderr: "pipe",
      buffer: false,
      reject: false,
      stripFinalNewline: false,
      encoding: "buffer",
    });
  } catch (error) {
    if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
    throw error;
  }
}
