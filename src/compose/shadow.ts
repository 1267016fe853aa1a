// A candidate policy beside the one in force: it is asked about live judgements after they were made, in a worker of its own, and
// what it would have decided otherwise is counted and logged. It decides nothing, and nothing waits for it. Made by compose.ts.
import { readFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { Worker } from "node:worker_threads";
import type { Decision, Evaluation } from "../domain/decision.ts";
import type { Question } from "../domain/ports.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { PolicyConfig } from "./policy.ts";
import type { ShadowMessage } from "./shadow-worker.ts";
import { watchFiles, type WatchTimes } from "./watch-files.ts";
import { workerScript } from "./worker-script.ts";

export interface Shadow {
  /** Takes note of a judgement; never throws. */
  note(question: Question, evaluation: Evaluation): void;
  /** For /health. */
  describe(): Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export interface ShadowOptions {
  readonly config: PolicyConfig & { readonly shadowFolder: string };
  readonly metrics: Pick<Metrics, "shadowed">;
  readonly logger: Pick<Logger, "info" | "warn" | "error">;
  readonly times?: Partial<WatchTimes> & { readonly answerMs?: number; readonly restMs?: number };
}

interface Judged {
  readonly question: Question;
  readonly input: string;
  readonly decision: Decision;
}

/** What may wait, and go to the worker at once. */
const maxWaiting = 256;
const maxWaitingChars = 4 * 1024 * 1024;
const maxBatch = 64;
/** Answers go out first. */
const pauseMs = 50;
const defaultTimes = {
  /** How long a batch may take. */
  answerMs: 10_000,
  /** How long a candidate rests that hung or fell over. */
  restMs: 60_000,
};
const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 };

type State = { readonly is: "starting" | "resting" | "failed" } | { readonly is: "ready"; readonly revision: string };

export function createShadow({ config, metrics, logger, times }: ShadowOptions): Shadow {
  const { answerMs, restMs } = { ...defaultTimes, ...times };
  let worker: Worker | undefined;
  let state: State = { is: "starting" };
  let why: string | undefined;
  let waiting: Judged[] = [];
  let waitingChars = 0;
  let asked: readonly Judged[] | undefined;
  let flushing: NodeJS.Timeout | undefined;
  let deadline: NodeJS.Timeout | undefined;
  let resting: NodeJS.Timeout | undefined;
  let isClosed = false;

  const stop = async (): Promise<void> => {
    clearTimeout(deadline);
    const old = worker;
    worker = undefined;
    old?.removeAllListeners();
    await old?.terminate();
  };
  /** It is given up for a while, with what it was asked. */
  const rest = (reason: string): void => {
    for (const _ of asked ?? []) metrics.shadowed("fault");
    asked = undefined;
    [state, why] = [{ is: "resting" }, reason];
    logger.error({ why: reason }, "the shadow policy gave no answer");
    void stop();
    resting = setTimeout(() => void start(), restMs).unref();
  };
  const start = async (): Promise<void> => {
    clearTimeout(resting);
    await stop();
    [state, why, asked] = [{ is: "starting" }, undefined, undefined];
    const workerData = await requestOf(config);
    if (isClosed || worker !== undefined) return;
    const made = new Worker(workerScript("shadow-worker"), {
      workerData,
      resourceLimits,
      env: {},
      stdout: true,
      stderr: true,
    });
    made.unref();
    made.on("message", hear);
    made.once("error", (error: unknown) => rest(error instanceof Error ? error.message : String(error)));
    made.once("exit", () => rest("its worker ended"));
    worker = made;
  };
  const hear = (message: ShadowMessage): void => {
    if (message.kind === "answers") return compareAll(message.answers);
    if (message.kind === "ready") {
      state = { is: "ready", revision: message.revision };
      logger.info({ shadow_revision: message.revision }, "a shadow policy is asked beside the one in force");
      flush();
      return;
    }
    [state, why] = [{ is: "failed" }, message.why];
    logger.error({ why }, "the shadow policy cannot be used");
    void stop();
  };
  const compareAll = (answers: readonly (Decision | null)[]): void => {
    clearTimeout(deadline);
    const judged = asked ?? [];
    asked = undefined;
    for (const [index, one] of judged.entries()) tell(one, answers[index] ?? undefined);
    flush();
  };
  const tell = ({ question, decision }: Judged, shadow: Decision | undefined): void => {
    if (shadow === undefined) return metrics.shadowed("fault");
    const change = changeOf(decision, shadow);
    if (change === undefined) return metrics.shadowed("agreed");
    metrics.shadowed("disagreed", change);
    const { callId, tool, principal } = question.call;
    const shadow_revision = state.is === "ready" ? state.revision : "";
    const said = { change, in_force: describe(decision), shadow: describe(shadow), shadow_revision };
    logger.warn(
      { call_id: callId, tool, principal: principal.id, ...said },
      "the shadow policy would decide otherwise",
    );
  };
  const flush = (): void => {
    flushing = undefined;
    if (state.is !== "ready" || asked !== undefined || waiting.length === 0) return;
    asked = waiting.splice(0, maxBatch);
    waitingChars = waiting.reduce((sum, { input }) => sum + input.length, 0);
    deadline = setTimeout(() => rest(`it did not answer within ${answerMs} ms`), answerMs).unref();
    worker?.postMessage(asked.map(({ input }) => input));
  };

  const files = [config.shadowFolder, ...(config.dataPath === undefined ? [] : [config.dataPath])];
  const watching = watchFiles(files, () => void start(), times);
  void start();
  return {
    note: (question, { input, decision, fault }) => {
      // What the policy in force could not judge is no measure for another.
      if (isClosed || input === undefined || fault !== undefined) return;
      if (waiting.length >= maxWaiting || waitingChars + input.length > maxWaitingChars)
        return metrics.shadowed("dropped");
      waiting.push({ question, input, decision });
      waitingChars += input.length;
      flushing ??= setTimeout(flush, pauseMs).unref();
    },
    describe: () => ({
      state: state.is,
      ...(state.is === "ready" ? { revision: state.revision } : {}),
      ...(why === undefined ? {} : { why }),
    }),
    close: async () => {
      isClosed = true;
      watching.close();
      for (const timer of [flushing, resting]) clearTimeout(timer);
      waiting = [];
      await stop();
    },
  };
}

async function requestOf({ shadowFolder: folder, dataPath, ...config }: ShadowOptions["config"]) {
  const { environmentLayer, publicKeys } = config;
  // What cannot be read is said by the policy in force, which needs it as well.
  const dataFile =
    dataPath === undefined ? config.dataFile : await readFile(dataPath, "utf8").catch(() => config.dataFile);
  return {
    folder,
    environmentLayer,
    ...(dataFile === undefined ? {} : { dataFile }),
    ...(publicKeys === undefined ? {} : { publicKeys }),
  };
}

/** How the shadow differs in what would happen; which rules it names for the same does not matter. */
function changeOf(real: Decision, shadow: Decision) {
  if (real.effect === "deny") return shadow.effect === "deny" ? undefined : "newly_allowed";
  if (shadow.effect === "deny") return "newly_denied";
  return isDeepStrictEqual(real.obligations, shadow.obligations) ? undefined : "other_obligations";
}

const describe = (decision: Decision) =>
  decision.effect === "allow"
    ? { effect: decision.effect, rules: decision.rules, obligations: decision.obligations }
    : { effect: decision.effect, reasons: decision.reasons.map(({ rule, message }) => ({ rule, message })) };
