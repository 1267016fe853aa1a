// The worker of policy-trial.ts: opens a bundle, lays the site's data over it, proves both, and hands them back. What hangs or
// grows here is ended from outside.
import { parentPort, workerData } from "node:worker_threads";
import { StartError } from "../errors.ts";
import { openBundle } from "../policy/bundle.ts";
import { proveCases, proveInvariants } from "../policy/prove-cases.ts";
import { joinPolicy, layersOver, publicKeysOf } from "./policy.ts";
import type { TrialRequest, TrialResult } from "./policy-trial.ts";

const clock = { now: () => 0, monotonic: () => 0 };

async function attempt({ provedSha256, ...config }: TrialRequest): Promise<TrialResult> {
  const opened = await openBundle(config.folder, publicKeysOf(config));
  const { bundle } = opened;
  const siteData = layersOver(bundle, config);
  const own = bundle.contentSha256 === provedSha256 ? 0 : proveCases(opened) + (await proveExamples(opened));
  // The canaries on the merged data, as they are asked again where it will be used.
  joinPolicy({ bundle, siteData }, {}, { clock });
  return { ok: true, bundle, siteData, asked: own + proveInvariants(opened, siteData) };
}

/** The grammar is loaded only when it is needed: a change of site data is in force sooner without. */
async function proveExamples(opened: Awaited<ReturnType<typeof openBundle>>): Promise<number> {
  const examples = await import("./policy-examples.ts");
  return examples.proveExamples(opened);
}

const request: TrialRequest = workerData;
parentPort?.postMessage(await attempt(request).catch(refusalOf));

function refusalOf(error: unknown): TrialResult {
  const why = error instanceof Error ? error.message : String(error);
  return { ok: false, why, ...(error instanceof StartError ? { code: error.code } : {}) };
}
