// Tries a policy out in a worker, with a deadline and bounded memory: whatever it does there, the server goes on. What comes
// back is proved; the very module that was proved comes with it. Called at start and by live-policy.ts.
import { Worker } from "node:worker_threads";
import type { StartErrorCode } from "../errors.ts";
import type { PolicyBundle } from "../policy/bundle.ts";
import type { SiteData } from "../policy/site-data.ts";
import type { PolicyConfig } from "./policy.ts";
import { workerScript } from "./worker-script.ts";

export interface TrialRequest extends Pick<PolicyConfig, "folder" | "dataFile" | "environmentLayer" | "publicKeys"> {
  /** A bundle that was proved before: only what depends on site data is proved again. */
  readonly provedSha256?: string;
}

export type TrialResult =
  | {
      readonly ok: true;
      readonly bundle: PolicyBundle;
      readonly siteData: SiteData;
      /** Cases and examples that were asked. */
      readonly asked: number;
    }
  /** `code`: what a start would end with. */
  | { readonly ok: false; readonly why: string; readonly code?: StartErrorCode };

/** A trial takes a second of CPU time, and the container may have a fifth of a processor. */
const defaultDeadlineMs = 30_000;
/** JavaScript's own memory; the policy's is bounded by its instance. */
const resourceLimits = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 };

export interface TrialBounds {
  readonly deadlineMs?: number;
  /** Ends it early. */
  readonly signal?: AbortSignal;
}

/** Never rejects: what goes wrong is why the policy is not used. */
export function tryPolicy(
  request: TrialRequest,
  { deadlineMs = defaultDeadlineMs, signal }: TrialBounds = {},
): Promise<TrialResult> {
  const worker = new Worker(workerScript("policy-trial-worker"), {
    workerData: request,
    resourceLimits,
    env: {},
    stdout: true,
    stderr: true,
  });
  const { promise, resolve } = Promise.withResolvers<TrialResult>();
  const refuse = (why: string): void => resolve({ ok: false, why });
  const timer = setTimeout(() => refuse(`it did not come to an end within ${deadlineMs} ms`), deadlineMs);
  const abort = (): void => refuse("the server is shutting down");
  signal?.addEventListener("abort", abort, { once: true });
  worker.once("message", resolve);
  worker.once("error", (error: unknown) => refuse(error instanceof Error ? error.message : String(error)));
  worker.once("exit", (code) => refuse(`its trial ended with code ${code}`));
  return promise.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
    void worker.terminate();
  });
}
