// Starts one process and sees it and its whole group to their end. The only importer of execa; called by execute.ts and
// probe.ts. Never uses a shell, never passes on the server's environment, never rejects for what a process does.
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { Readable } from "node:stream";
import { execa } from "execa";
import { type BoxReport, readReport, type Usage } from "./box-report.ts";
import { cancelled, type Ending, graceMs, terminate, terminateBox, timeOver } from "./endings.ts";
import { offerToKernel, outgrown } from "./memory.ts";
import { type Collected, createCollector } from "./output.ts";
import { collect, drain } from "./pipes.ts";
import { endGroup, signalGroup } from "./process-group.ts";

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
  /** What it may hold without walls; a helper watches by itself. */
  readonly maxMemoryBytes?: number;
  readonly signal?: AbortSignal;
  /** What is alive, each with how it is killed, for whoever has to end them all at once. */
  readonly alive: Set<() => void>;
  /** Absent: it runs without walls. */
  readonly box?: Boxing;
}

/** The helper that starts the process, and its words for what the process may do. */
export interface Boxing {
  readonly file: string;
  readonly walls: readonly string[];
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
  /** True when it was killed for starting too many processes. */
  readonly crowded?: true;
  /** True when it was killed for what lay in the folders that it writes to. */
  readonly overfull?: true;
  /** Why the helper started nothing. Names paths. */
  readonly refused?: string;
  readonly usage?: Usage;
}

/** Runs the process to its end or to a limit; afterwards neither it nor what came of it is alive. */
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
  const boxed = request.box !== undefined;
  const kill = () => void signalGroup(pid, boxed ? "SIGINT" : "SIGKILL");
  request.alive.add(kill);
  if (!boxed) offerToKernel(pid);
  const statusPipe = boxed && child.stdio[3] instanceof Readable ? child.stdio[3] : undefined;
  const report: BoxReport = statusPipe === undefined ? {} : readReport(statusPipe);

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
      ...(boxed ? [] : [outgrown(pid, stop.signal, request.maxMemoryBytes)]),
      timeOver(request.timeoutMs + (boxed ? helperMs : 0), stop.signal),
      cancelled(request.signal, stop.signal),
    ]);
    if (ending !== "exit") await (boxed ? terminateBox : terminate)(pid, exit, ending);
    await endGroup(pid);
    await drain(statusPipe === undefined ? pipes : [...pipes, statusPipe], [stdout, stderr]);
    // A helper that was killed itself leaves its command's children.
    if (report.ended === undefined && report.group !== undefined) await endGroup(report.group);
    return { ...(boxed ? endOfBox(report, ending, handle.signalCode) : endOf(handle, ending)), ...output() };
  } finally {
    stop.abort();
    request.alive.delete(kill);
    for (const stream of [stdin, child.stdout, child.stderr, statusPipe]) stream?.destroy();
  }
}

type Facts = Omit<ProcessEnd, "stdout" | "stderr">;

function endOf({ exitCode, signalCode }: ChildProcess, ending: Ending): Facts {
  return {
    ended: ending === "timed_out" || ending === "cancelled" ? ending : "exited",
    flooded: ending === "flood",
    ...(ending === "memory" ? { outgrown: true } : {}),
    ...(exitCode === null ? {} : { exitCode }),
    ...(signalCode === null ? {} : { signal: signalCode }),
  };
}

/** What the helper says counts. Without a word of it, it was killed itself. */
function endOfBox({ refused, ended, code, signal, usage }: BoxReport, ending: Ending, own: string | null): Facts {
  const timedOut = ended === "timeout" || ending === "timed_out";
  const lastSignal = signal ?? (ended === undefined && refused === undefined ? (own ?? "SIGKILL") : undefined);
  return {
    ended: timedOut ? "timed_out" : ending === "cancelled" ? "cancelled" : "exited",
    flooded: ending === "flood",
    ...(ended === "memory" ? { outgrown: true } : {}),
    ...(ended === "processes" ? { crowded: true } : {}),
    ...(ended === "space" ? { overfull: true } : {}),
    ...(refused === undefined ? {} : { startError: "SANDBOX", refused }),
    ...(code === undefined ? {} : { exitCode: code }),
    ...(lastSignal === undefined ? {} : { signal: lastSignal }),
    ...(usage === undefined ? {} : { usage }),
  };
}

/** How much later than the helper our own clock ends a command: only when the helper has failed to. */
const helperMs = graceMs + 1000;

/** What is started: the program, or the helper that starts it behind walls. */
function programOf({ box, file, parameters, timeoutMs }: ProcessRequest) {
  if (box === undefined) return { file, parameters };
  const time = ["--wall", String(Math.max(1, Math.ceil(timeoutMs))), "--grace", String(graceMs)];
  const place = ["--parent", String(process.pid), "--status-fd", "3"];
  return { file: box.file, parameters: [...box.walls, ...time, ...place, "--", file, ...parameters] };
}

/** The child, or the code of the error that keeps it from starting. */
function start(request: ProcessRequest) {
  // execa throws an error without a code here; Node's own has this one.
  if (request.parameters.some((parameter) => parameter.includes("\0"))) return "ERR_INVALID_ARG_VALUE";
  const { file, parameters } = programOf(request);
  try {
    return execa(file, parameters, {
      cwd: request.cwd,
      env: request.environment,
      extendEnv: false,
      detached: true,
      cleanup: false,
      stdio: [
        request.stdin === undefined ? "ignore" : "pipe",
        "pipe",
        "pipe",
        ...(request.box === undefined ? [] : ["pipe" as const]),
      ],
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
