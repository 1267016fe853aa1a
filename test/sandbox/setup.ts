// The execution itself with a made command: no grammar, no policy, no gate before it. `escape` (sandbox/examples) tries one way
// out per run, behind the walls of a profile or without any. Skipped where the helper was not built (no cargo).
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import type { Command } from "../../src/domain/command.ts";
import type { Availability, StepRequest } from "../../src/domain/ports.ts";
import type { SandboxProfile } from "../../src/domain/sandbox.ts";
import { findBox } from "../../src/execution/box.ts";
import { createExecution } from "../../src/execution/execute.ts";
import { bareCommand } from "../helpers/command.ts";

const root = path.resolve(import.meta.dirname, "../..");
export const escape = path.join(root, ".tools/test/escape");
export const boxFile = path.join(root, ".tools/bin/box");
const found = await findBox("prefer", [path.join(root, ".tools/bin")]);

/** Why nothing can be tried here; undefined when it can. */
export const missing = [
  found.box === undefined ? "the helper is not built" : undefined,
  existsSync(escape) ? undefined : "the program that tries is not built",
].find((reason) => reason !== undefined);

/** Folders of one test: what the walls grant, and what lies beside them. */
export interface Places {
  readonly granted: string;
  readonly outside: string;
}

export function testPlaces(): Places {
  const folder = mkdtempSync(path.join(tmpdir(), "aisre-sandbox-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [granted, outside] = [path.join(folder, "granted"), path.join(folder, "outside")];
  for (const place of [granted, outside]) mkdirSync(place);
  return { granted, outside };
}

export interface Trial {
  readonly profile: SandboxProfile;
  readonly words: readonly string[];
  readonly places: Places;
  /** Without walls. */
  readonly free?: true;
  readonly egress?: boolean;
  /** The port that it is lent. */
  readonly port?: number;
  /** The Unix socket that it is lent instead. */
  readonly socket?: string;
  readonly effect?: Command["effect"];
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly stdin?: string;
  /** It gets a temporary folder that may hold so much. */
  readonly tempBytes?: number;
  /** Another program than `escape`. */
  readonly program?: Extract<Availability, { available: true }>;
}

/** What became of it: the one stage, and what it printed. */
export async function attempt(trial: Trial) {
  const execution = trialExecution(trial);
  const { stages, ...step } = await execution.run(trialRequest(trial));
  return { ...step, stage: stages[0] };
}

export function trialExecution({ places, free, program, tempBytes, port = 1, socket }: Trial) {
  const files = { execute: [escape], read: [] };
  const temporary = tempBytes === undefined ? {} : { needsTemporary: true as const };
  const ours: Availability = { available: true, path: escape, version: "1", files, ...temporary };
  return createExecution({
    binaries: new Map([["escape", program ?? ours]]),
    environments: () => ({ LC_ALL: "C.UTF-8" }),
    cwd: places.granted,
    temporaryDir: places.outside,
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    openLease: () => ({ environment: {}, ...(socket === undefined ? { port } : { socket }), close: () => {} }),
    places: { clone: places.granted, cache: places.granted },
    ...(free === true || found.box === undefined ? {} : { box: found.box }),
  });
}

export function trialRequest(trial: Trial): StepRequest {
  const { profile, words, effect = "read", egress = false, timeoutMs = 10_000, signal, stdin, tempBytes } = trial;
  const command = bareCommand(["escape", ...words], {
    effect,
    egress,
    sandbox: profile,
    stdin: { from: stdin === undefined ? "none" : "caller", bytes: 0 },
  });
  return {
    callId: "trial",
    step: { stages: [command], ...(stdin === undefined ? {} : { stdin }) },
    sandboxes: [profile],
    obligations: {
      timeoutMs,
      maxOutputBytes: 100_000,
      redact: [],
      ...(tempBytes === undefined ? {} : { tempBytes }),
    },
    timeoutMs,
    signal: signal ?? new AbortController().signal,
  };
}
