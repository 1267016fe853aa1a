// An execution over real programs of test/fixtures/programs, run by node itself, in folders of its own.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import type { Command, StandardInput, Step } from "../../src/domain/command.ts";
import type { StepRequest } from "../../src/domain/ports.ts";
import { createEnvironments } from "../../src/execution/environment.ts";
import { createExecution } from "../../src/execution/execute.ts";
import type { ExecutionOptions } from "../../src/execution/execution-options.ts";
import { createRunFolders } from "../../src/execution/run-folders.ts";
import { bareCommand } from "../helpers/command.ts";

const programs = path.resolve(import.meta.dirname, "../fixtures/programs");

const program = (name: string): string => path.join(programs, `${name}.mjs`);

export function testFolders() {
  const folders = createRunFolders(tmpdir());
  onTestFinished(() => rmSync(path.dirname(folders.kubeconfigFile), { recursive: true, force: true }));
  return folders;
}

export function testExecution(more: Pick<ExecutionOptions, "fingerprint"> = {}) {
  const { homeDir, cacheDir, workDir } = testFolders();
  const node = { available: true, path: process.execPath, version: process.versions.node } as const;
  return createExecution({
    binaries: new Map([["node", node], ...["kubectl", "helm", "flux"].map((name) => [name, node] as const)]),
    environments: createEnvironments({ homeDir, cacheDir }),
    cwd: workDir,
    places: {},
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    ...more,
  });
}

export interface Stage {
  readonly program: string;
  readonly parameters?: readonly string[];
  readonly effect?: Command["effect"];
  readonly stdin?: StandardInput["from"];
  readonly answers?: readonly number[];
  readonly binary?: string;
  readonly egress?: boolean;
  readonly programs?: Command["programs"];
  readonly failureSign?: string;
}

function toCommand({
  program: name,
  parameters = [],
  effect = "read",
  stdin = "none",
  answers = [0],
  binary = "node",
  egress = false,
  programs = [],
  failureSign,
}: Stage): Command {
  return bareCommand([binary, program(name), ...parameters], {
    effect,
    egress,
    programs,
    stdin: { from: stdin, bytes: 0 },
    answerExitCodes: answers,
    ...(failureSign === undefined ? {} : { failureSign }),
  });
}

export function toStep(stages: readonly Stage[], stdin?: string): Step {
  return { stages: stages.map(toCommand), ...(stdin === undefined ? {} : { stdin }) };
}

export function toRequest(
  step: Step,
  more: Partial<StepRequest> & { readonly maxOutputBytes?: number } = {},
): StepRequest {
  const { maxOutputBytes = 1_000_000, ...rest } = more;
  return {
    callId: "test",
    step,
    sandboxes: step.stages.map(({ sandbox }) => sandbox),
    obligations: { timeoutMs: 20_000, maxOutputBytes, redact: ["credentials", "kubernetes"] },
    timeoutMs: 20_000,
    signal: new AbortController().signal,
    ...rest,
  };
}

/** Process ids in a group that are more than an entry in the process table. */
export function membersOf(group: number): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), stat: statOf(Number(name)) }))
    .filter(({ stat }) => stat !== undefined && stat.group === group && !"ZX".includes(stat.state))
    .map(({ pid }) => pid);
}

export function isAlive(pid: number): boolean {
  const stat = statOf(pid);
  return stat !== undefined && !"ZX".includes(stat.state);
}

function statOf(pid: number): { readonly state: string; readonly group: number } | undefined {
  try {
    const [state = "", , group = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return { state, group: Number(group) };
  } catch {
    return undefined;
  }
}

export const pidsIn = (text: string): readonly number[] => text.split("\n").filter(Boolean).map(Number);
