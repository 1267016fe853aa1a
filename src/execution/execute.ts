// Runs the stages of one step, one after the other, each fed with what the one before printed: decoded, stripped, redacted.
// Implements the gate's Execution port; made by compose. Judges nothing: what arrives here is allowed and recorded.
import { strictest } from "../domain/bounds.ts";
import type { Command } from "../domain/command.ts";
import type { StageOutcome, StepOutcome } from "../domain/outcome.ts";
import type { Execution, RunGit, StepRequest } from "../domain/ports.ts";
import { boundLines } from "./bound-lines.ts";
import type { ExecutionOptions } from "./execution-options.ts";
import { run } from "./run.ts";
import { runServerCommand } from "./server-command.ts";
import { type Parts, shorten } from "./shorten.ts";
import { prefixed, remark, stageOutcome } from "./stage-outcome.ts";
import { openStage } from "./stage-process.ts";
import { toCleanText } from "./stage-text.ts";

/**
 * What is kept of one process' standard output for the next stage to read, bytes. A pattern of redaction that goes back
 * through one word of twice the length runs out of V8's stack.
 */
const maxStageBytes = 4 * 1024 * 1024;
/** Of the last stage: four times what the answer may hold. Redacting more would keep everybody waiting for what is cut off. */
const lastStageBytes = (maxOutputBytes: number): number =>
  Math.min(maxStageBytes, Math.max(256 * 1024, 4 * maxOutputBytes));
const maxStageStderrBytes = 64 * 1024;
/** Of all stages, in the result, bytes. */
const maxStderrBytes = 16 * 1024;

const nothing: Parts = { head: "", tail: "", droppedBytes: 0 };

export interface ServerExecution extends Execution {
  /** git for the server's own clone. */
  readonly runGit: RunGit;
  /** Kills whatever still runs, at once: for the last moment of the server. */
  close(): void;
}

export function createExecution(options: ExecutionOptions): ServerExecution {
  const alive = new Set<() => void>();
  return {
    availability: (binary) =>
      options.binaries.get(binary) ?? { available: false, reason: `${binary} is not one of the server's binaries` },
    run: (request) => runStep(options, alive, request),
    runGit: (command) =>
      runServerCommand("git", command, {
        ...options,
        alive,
        places: { ...options.places, ...(options.workspace === undefined ? {} : { clone: options.workspace }) },
      }),
    close: () => {
      for (const kill of alive) kill();
    },
  };
}

async function runStep(options: ExecutionOptions, alive: Set<() => void>, request: StepRequest): Promise<StepOutcome> {
  const { step, obligations, signal } = request;
  const { clock } = options;
  const startedAt = clock.monotonic();
  // A change that has started is not left half done: only its own limit ends it.
  const isRead = step.stages.every(({ effect }) => effect === "read");
  const stages: StageOutcome[] = [];
  const counts = new Map<string, number>();
  const errors: string[] = [];
  let ended: StepOutcome["ended"] = signal.aborted ? "cancelled" : "exited";
  let stdout = nothing;

  for (const [index, command] of step.stages.entries()) {
    if (ended !== "exited") break;
    const leftMs = request.timeoutMs - (clock.monotonic() - startedAt);
    if (leftMs <= 0) {
      ended = "timed_out";
      break;
    }
    const times = { startedAtMs: clock.now(), startedAt: clock.monotonic() };
    const input = inputOf(command, step.stdin, stdout);
    const { callId, workTree } = request;
    const place = { callId, profile: request.sandboxes[index], workTree, bounds: obligations };
    const opened = openStage(options, command, place);
    const end = await run({
      ...opened.process,
      ...(input === undefined ? {} : { stdin: input }),
      maxStdoutBytes: index === step.stages.length - 1 ? lastStageBytes(obligations.maxOutputBytes) : maxStageBytes,
      maxStderrBytes: maxStageStderrBytes,
      timeoutMs: leftMs,
      ...(isRead ? { signal } : {}),
      alive,
    }).finally(() => opened.close());
    const fingerprint = printsOwnWords(command) ? undefined : options.fingerprint;
    if (end.overfull === true) await opened.tidy();
    const printed = toCleanText(end.stdout, obligations.redact, fingerprint);
    const complaint = toCleanText(end.stderr, obligations.redact);
    for (const [kind, number] of [printed, complaint].flatMap((text) => Object.entries(text.counts))) {
      counts.set(kind, (counts.get(kind) ?? 0) + number);
    }
    const said = shorten(complaint, maxStageStderrBytes).text;
    errors.push(prefixed(command.binary, said + remark(end)));
    const outcome = stageOutcome(command, end, said, { ...times, durationMs: clock.monotonic() - times.startedAt });
    stages.push(outcome);
    request.onStageEnd?.(index, outcome);
    ended = end.ended;
    stdout = printed;
    if (!outcome.answered) break;
  }

  // What was meant for the next stage was not asked for.
  const isWhole = stages.length === step.stages.length;
  const lines = boundLines(isWhole ? stdout : nothing, strictest(obligations));
  const output = shorten(lines, obligations.maxOutputBytes);
  const complaints = shorten({ head: errors.join(""), tail: "", droppedBytes: 0 }, maxStderrBytes);
  return {
    ended,
    stages,
    stdout: output.text,
    stderr: complaints.text,
    truncated: output.truncated || lines.lineCut || complaints.truncated || stages.some(({ truncated }) => truncated),
    redactions: Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))),
    durationMs: clock.monotonic() - startedAt,
  };
}

/**
 * Whether what is printed may be the caller's own words: a template's text, a manifest that comes back, what curl was answered,
 * filters. Fingerprints of such would let it try values until one is the same.
 */
const printsOwnWords = ({ binary, egress, programs, stdin }: Command): boolean =>
  !egress || programs.length > 0 || stdin.from !== "none" || !["kubectl", "helm", "flux"].includes(binary);

function inputOf({ stdin }: Command, caller: string | undefined, previous: Parts): string | undefined {
  switch (stdin.from) {
    case "none":
      return undefined;
    case "caller":
      return caller ?? "";
    case "stage":
      return shorten(previous, Number.POSITIVE_INFINITY).text;
  }
}
