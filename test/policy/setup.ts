// What the tests of this folder share: the committed bundle, a scripted one, and questions made by the real command room.
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import * as z from "zod";
import { understand } from "../../src/command/understand.ts";
import type { Draft } from "../../src/domain/command.ts";
import type { PolicyFaultKind } from "../../src/domain/decision.ts";
import type { Clock, Question } from "../../src/domain/ports.ts";
import type { Role } from "../../src/domain/principal.ts";
import { loadBundle, type PolicyBundle } from "../../src/policy/bundle.ts";
import { compileModule } from "../../src/policy/module.ts";
import { createPolicy, type Policy } from "../../src/policy/pdp.ts";
import { type SiteData, toParseSettings } from "../../src/policy/site-data.ts";
import { mergeSiteData } from "../../src/policy/site-layers.ts";

export const root = path.resolve(import.meta.dirname, "../..");
export const buildFolder = path.join(root, "policies/build");
const fixture = path.join(import.meta.dirname, "fixtures/scripted/policy.wasm");

const noon: Clock = { now: () => Date.UTC(2026, 0, 1, 12), monotonic: () => 0 };

/** Stands in for redaction's patterns: one kind is enough to see that the policy hears of it. */
function findAwsKeys(texts: readonly string[]): readonly string[] {
  return texts.some((text) => /AKIA[0-9A-Z]{16}/.test(text)) ? ["aws-access-key"] : [];
}

export interface Watched {
  readonly policy: Policy;
  readonly faults: PolicyFaultKind[];
}

export function watchedPolicy(bundle: PolicyBundle, site: Partial<SiteData> = {}): Watched {
  const faults: PolicyFaultKind[] = [];
  const policy = createPolicy({
    bundle,
    siteData: { ...mergeSiteData({ bundle: bundle.data.site }), ...site },
    clock: noon,
    onFault: (kind) => faults.push(kind),
    credentials: findAwsKeys,
    context: () => ({ context: "test", cluster_id: "c-1" }),
  });
  return { policy, faults };
}

const healthAllowed = {
  effect: "allow",
  rules: ["server/health"],
  obligations: { timeout_ms: 1000, max_output_bytes: 1024, redact: [], sandbox: "text" },
};
const denied = { effect: "deny", reasons: [{ rule: "test/no", message: "no" }] };

/** A policy that answers for each tool what the test says; see fixtures/scripted/policy.rego. */
export function scriptedPolicy(
  answers: Readonly<Record<string, unknown>>,
  more: { readonly visible?: unknown } = {},
): Watched {
  const wasm = readFileSync(fixture);
  const { site } = loadBundle(buildFolder).data;
  const data = { answers: { health_check: healthAllowed, kubectl_get: denied, ...answers }, ...more, site };
  return watchedPolicy({ module: compileModule(wasm), wasmSha256: sha256(wasm), data });
}

export interface Asked {
  readonly tool?: string;
  readonly roles?: readonly Role[];
  readonly arguments?: unknown;
  readonly stdin?: string;
}

/** Questions about every stage of a command line or argv, as the gate asks them. */
export function questionsOf(
  policy: Policy,
  command: string | readonly string[],
  asked: Asked = {},
): readonly Question[] {
  const text = typeof command === "string" ? { commandLine: command } : { argv: command };
  const draft: Draft = {
    action: "command",
    steps: [{ ...text, ...(asked.stdin === undefined ? {} : { stdin: asked.stdin }) }],
  };
  const read = understand(draft, toParseSettings(policy.siteData));
  if (!read.ok) throw new Error(`not understood: ${read.refusal.message}`);
  const stages = read.plan.steps[0]?.stages ?? [];
  const { dryRun } = read.plan;
  // One call for all stages, as the gate has it.
  const shared = common({ tool: "cli_tool", arguments: { command }, ...asked });
  return stages.map((stage, stageIndex) => ({
    ...shared,
    kind: "command",
    dryRun,
    command: stage,
    stageIndex,
    stages,
    ...(stageIndex === 0 && asked.stdin !== undefined ? { stdin: asked.stdin } : {}),
  }));
}

/** The one question of a single-stage command. */
export function questionOf(policy: Policy, command: string | readonly string[], asked: Asked = {}): Question {
  const [question] = questionsOf(policy, command, asked);
  if (question === undefined) throw new Error("no stage");
  return question;
}

export function serverQuestion(tool: string, roles: readonly Role[] = ["operator"]): Question {
  return { ...common({ tool, roles }), dryRun: false, kind: "server" };
}

function common({ tool = "cli_tool", roles = ["operator"], arguments: raw = {} }: Asked) {
  const principal = { id: "n8n", roles, authenticatedBy: "bearer" } as const;
  return {
    call: { callId: "call-1", tool, arguments: raw, principal, transport: "http" },
    reason: null,
    stepIndex: 0,
    stepCount: 1,
  } as const;
}

const manifestSchema = z.looseObject({ outputs: z.record(z.string(), z.string()) });

/** A copy of the committed bundle that the test may damage; gone when the test ends. */
export function copyBundle(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "ai-sre-bundle-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(buildFolder, folder, { recursive: true });
  return folder;
}

/** Replaces a file of a copied bundle and lists it in the manifest as if it had been built so. */
export function rebuildFile(folder: string, name: string, bytes: Uint8Array | string): void {
  writeFileSync(path.join(folder, name), bytes);
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(path.join(folder, "manifest.json"), "utf8")));
  const outputs = { ...manifest.outputs, [name]: sha256(bytes) };
  writeFileSync(path.join(folder, "manifest.json"), JSON.stringify({ ...manifest, outputs }));
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}
