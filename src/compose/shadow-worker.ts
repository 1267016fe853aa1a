// The worker of shadow.ts: holds the candidate and answers what it would have decided. It may hang, grow or fall over; nobody's
// call waits for it.
import { parentPort, workerData } from "node:worker_threads";
import type { Decision } from "../domain/decision.ts";
import { parseDecision } from "../policy/answer.ts";
import { encodeData, openBundle } from "../policy/bundle.ts";
import { entrypoints, toBytes } from "../policy/decide.ts";
import { createEvaluator } from "../policy/evaluator.ts";
import { toPolicyData } from "../policy/site-data.ts";
import { joinPolicy, layersOver, publicKeysOf } from "./policy.ts";
import type { TrialRequest } from "./policy-trial.ts";

export type ShadowMessage =
  | { readonly kind: "ready"; readonly revision: string }
  | { readonly kind: "failed"; readonly why: string }
  /** One answer for each input, null where there was none. */
  | { readonly kind: "answers"; readonly answers: readonly (Decision | null)[] };

const clock = { now: () => 0, monotonic: () => 0 };
const say = (message: ShadowMessage): void => parentPort?.postMessage(message);
const request: TrialRequest = workerData;

try {
  const { bundle } = await openBundle(request.folder, publicKeysOf(request));
  const siteData = layersOver(bundle, request);
  const { revision } = joinPolicy({ bundle, siteData }, {}, { clock }).policy;
  const evaluator = createEvaluator(bundle.module, encodeData({ ...bundle.data, site: toPolicyData(siteData) }));
  parentPort?.on("message", (inputs: readonly string[]) => {
    const answers = inputs.map((input) => {
      const bytes = toBytes(input);
      const result = bytes === undefined ? undefined : evaluator.evaluate(entrypoints.decision, bytes);
      return result?.ok === true ? (parseDecision(result.value) ?? null) : null;
    });
    say({ kind: "answers", answers });
  });
  say({ kind: "ready", revision });
} catch (error) {
  say({ kind: "failed", why: error instanceof Error ? error.message : String(error) });
}
