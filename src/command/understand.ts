// The one entry of this room: a Draft → a frozen Plan of Commands, or the token that was not understood. Pure.
import { createHash } from "node:crypto";
import type { Command, Draft, DraftStep, NotUnderstood, ParseResult, ParseSettings, Step } from "../domain/command.ts";
import { createMemo, type Memo } from "../domain/memo.ts";
import { crossRead } from "./cross-read.ts";
import { deepFreeze } from "./freeze.ts";
import { createKindTable, type KindTable } from "./kubectl/resources.ts";
import { readCommand } from "./read-command.ts";
import { accept, refuse, type Result, type Token } from "./refusal.ts";
import { ontoBranch, readFiles, readWorkBranch } from "./git/changes.ts";
import { tokenize } from "./tokenize.ts";

const gitDefaults = { remote: "origin", baseBranch: "main" } as const;

const maxTokens = 256;
const maxStages = 8;
/** Largest standard input that a caller may give, bytes. */
const maxStdinBytes = 256 * 1024;

/** Plans that are remembered, and the longest draft of one. */
const maxPlans = 128;
const maxDraftChars = 2048;

/** Understanding is pure and plans are frozen: equal drafts under the same settings get the very same plan. */
const plans = new WeakMap<ParseSettings, Memo<ParseResult>>();

/** Understands every step of a draft. Never throws for what a caller sent; linear in its size. */
export function understand(draft: Draft, settings: ParseSettings): ParseResult {
  // What carries a text of its own is seldom said twice, and long.
  if (draft.verdict !== undefined || draft.steps.some((step) => "files" in step || step.stdin !== undefined)) {
    return read(draft, settings);
  }
  const remembered = plans.get(settings) ?? createMemo<ParseResult>(maxPlans, maxDraftChars);
  plans.set(settings, remembered);
  const key = JSON.stringify(draft);
  const held = remembered.get(key);
  if (held !== undefined) return held;
  const result = read(draft, settings);
  if (result.ok) remembered.set(key, result);
  return result;
}

function read(draft: Draft, settings: ParseSettings): ParseResult {
  const kinds = kindTable(settings);
  const steps: Step[] = [];
  for (const draftStep of draft.steps) {
    const step = readStep(draftStep, settings, kinds);
    if (!step.ok) return step;
    steps.push(step.value);
  }
  const workBranch = readWorkBranch(draft.workBranch, settings.git ?? gitDefaults);
  if (workBranch?.ok === false) return workBranch;
  const plan = {
    action: draft.action,
    ...(draft.verdict === undefined ? {} : { verdict: draft.verdict }),
    steps: workBranch === undefined ? steps : steps.map((step) => ontoBranch(step, workBranch.value)),
    digest: digestOf(steps, workBranch?.value),
    ...(workBranch === undefined ? {} : { workBranch: workBranch.value }),
    dryRun: draft.dryRun === true || changesNothing(steps),
    ...(draft.reason === undefined ? {} : { reason: draft.reason }),
    ...(draft.timeoutMs === undefined ? {} : { timeoutMs: draft.timeoutMs }),
    ...(draft.fresh === undefined ? {} : { fresh: draft.fresh }),
    ...(draft.ahead === undefined ? {} : { ahead: draft.ahead }),
    ...(draft.batch === undefined ? {} : { batch: draft.batch }),
  };
  return { ok: true, plan: deepFreeze(plan) };
}

/** Something would change if it were not for a dry run, and every such command is one. */
function changesNothing(steps: readonly Step[]): boolean {
  if (steps.some(({ fileChanges }) => fileChanges !== undefined)) return false;
  const changes = steps.flatMap(({ stages }) => stages.filter(({ effect }) => effect !== "read"));
  return changes.length > 0 && changes.every(({ dryRun }) => dryRun);
}

/** The table of a site's settings is built once: settings live as long as the policy they come from. */
const tables = new WeakMap<ParseSettings, KindTable>();

/** The kinds that the site knows; built once for each settings. */
export function kindTable(settings: ParseSettings): KindTable {
  const held = tables.get(settings) ?? createKindTable(settings.kinds);
  tables.set(settings, held);
  return held;
}

function readStep(step: DraftStep, settings: ParseSettings, kinds: KindTable): Result<Step> {
  if ("files" in step) return readFiles(step.files);
  const stages = readTokens(step);
  if (!stages.ok) return stages;
  if (stages.value.length > maxStages) return refuse(`A pipeline has at most ${maxStages} stages.`);
  if (step.stdin !== undefined) {
    if (Buffer.byteLength(step.stdin) > maxStdinBytes)
      return refuse(`Standard input is larger than ${maxStdinBytes} bytes.`);
    if (!step.stdin.isWellFormed()) return refuse("Standard input holds half of a surrogate pair.");
  }
  const commands: Command[] = [];
  let { stdin: text } = step;
  for (const [index, tokens] of stages.value.entries()) {
    const stdin = standardInputOf(index, step.stdin);
    const { defaultNamespace, fluxNamespace } = settings;
    const stdinText = index === 0 ? step.stdin : undefined;
    const read = readCommand(tokens, {
      defaultNamespace,
      fluxNamespace,
      kinds,
      stdin,
      stdinText,
      git: settings.git ?? gitDefaults,
    });
    if (!read.ok) return read;
    commands.push(read.value.command);
    text = read.value.stdinText ?? text;
  }
  const misplaced = misplacedStage(commands);
  if (misplaced !== undefined) return { ok: false, refusal: misplaced };
  return accept({ stages: commands, ...(text === undefined ? {} : { stdin: text }) });
}

function readTokens(step: Exclude<DraftStep, { readonly files: unknown }>): Result<readonly (readonly Token[])[]> {
  if ("argv" in step) {
    const tokens = step.argv.map((text, index) => ({ text, stage: 0, index }));
    return tokens.length > maxTokens ? tooMany() : accept([tokens]);
  }
  const ours = tokenize(step.commandLine);
  if (!ours.ok) return ours;
  if (ours.value.flat().length > maxTokens) return tooMany();
  return crossRead(step.commandLine, ours.value);
}

const tooMany = () => refuse(`A command line has at most ${maxTokens} words.`);

function standardInputOf(stage: number, text: string | undefined): Command["stdin"] {
  if (stage > 0) return { from: "stage", bytes: 0 };
  return text === undefined ? { from: "none", bytes: 0 } : { from: "caller", bytes: Buffer.byteLength(text) };
}

/** What changes something stands alone; what reads the outside world begins a pipeline, it does not continue one. */
function misplacedStage(commands: readonly Command[]): NotUnderstood | undefined {
  if (commands.length === 1) return undefined;
  const stage = commands.findIndex(
    ({ effect, egress, git }, index) => effect !== "read" || (index > 0 && (egress || git !== undefined)),
  );
  const command = commands[stage];
  if (command === undefined) return undefined;
  const message =
    command.effect === "read"
      ? `${command.binary} does not read standard input; it can only begin a pipeline.`
      : `${[command.binary, ...command.verb].join(" ")} changes something and must be the only stage.`;
  return { message, token: command.binary, position: { stage, index: 0 }, try: "call it on its own" };
}

/** sha256 over everything that a plan would do, so that equal plans have equal digests. */
export function digestOf(steps: readonly Step[], ...more: readonly unknown[]): string {
  const material = steps.map(({ stages, stdin, fileChanges }) =>
    fileChanges === undefined
      ? [stages.map(({ argv }) => argv), stdin ?? null]
      : fileChanges.map(({ path, operation, sha256 }) => [path, operation, sha256]),
  );
  const all = more.every((one) => one === undefined) ? material : [material, ...more];
  return createHash("sha256").update(JSON.stringify(all)).digest("hex");
}
