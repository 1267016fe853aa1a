// The real programs behind a broker: what the server would start, against servers of the test's own, with every refusal heard.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import type { Upstreams } from "../../src/broker/checks.ts";
import { grammars } from "../../src/command/grammar/grammars.ts";
import { understand } from "../../src/command/understand.ts";
import type { Command, Plan } from "../../src/domain/command.ts";
import type { StepOutcome } from "../../src/domain/outcome.ts";
import { findBinaries } from "../../src/execution/binaries.ts";
import { findBox } from "../../src/execution/box.ts";
import { createEnvironments } from "../../src/execution/environment.ts";
import { createExecution } from "../../src/execution/execute.ts";
import { createRunFolders } from "../../src/execution/run-folders.ts";
import { findTool } from "../../src/tools/catalog.ts";
import { readArguments } from "../../src/tools/read-arguments.ts";
import { writeChildKubeconfig } from "../../src/cluster/child-kubeconfig.ts";
import { settings } from "../command/reading.ts";
import { toRequest } from "../execution/setup.ts";
import { openBroker } from "./setup.ts";

const root = path.resolve(import.meta.dirname, "../..");
const toolPath = [
  ...(process.env["AISRE_TEST_TOOLS"] ?? "").split(":"),
  path.join(root, ".tools/bin"),
  "/usr/bin",
  "/bin",
];
export const programs = ["kubectl", "helm", "flux", "git", "curl", "gh"] as const;

const probed = createRunFolders(tmpdir());
const specs = [...grammars.values()].map(({ spec }) => spec).filter(({ name }) => programs.some((one) => one === name));
/** Behind their walls where the helper was built: the port that they are lent is then the only one they can reach. */
const { box } = await findBox("prefer", [path.resolve(import.meta.dirname, "../../.tools/bin")]);
const binaries = await findBinaries(specs, toolPath, {
  ...(box === undefined ? {} : { box }),
  places: { home: probed.homeDir },
  environments: createEnvironments(probed),
  cwd: probed.workDir,
});
probed.remove();

export const has = (binary: string): boolean => binaries.get(binary)?.available === true;

/** What a command became, and what the broker refused of it. */
export interface Ran {
  readonly outcome: StepOutcome;
  readonly refusals: readonly string[];
}

export interface OpenPrograms {
  readonly run: (command: Command, stdin?: string) => Promise<Ran>;
}

/** `serverUrl` is the forge's. */
export async function openPrograms(
  upstreams: Partial<Upstreams>,
  serverUrl = "https://github.com",
): Promise<OpenPrograms> {
  const parent = mkdtempSync(path.join(tmpdir(), "ai-sre-programs-"));
  const folders = createRunFolders(parent);
  writeChildKubeconfig({ context: "lab" }, folders.kubeconfigFile);
  const { broker, refusals } = await openBroker({ socket: folders.brokerSocket, ...upstreams });
  const execution = createExecution({
    binaries,
    environments: createEnvironments({ ...folders, kubeconfig: folders.kubeconfigFile, forge: { serverUrl } }),
    cwd: folders.workDir,
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    openLease: broker.open,
    places: { home: folders.homeDir, cache: folders.cacheDir, kubeconfig: folders.kubeconfigFile },
    ...(box === undefined ? {} : { box }),
  });
  onTestFinished(() => {
    execution.close();
    rmSync(parent, { recursive: true, force: true });
  });
  return {
    run: async (command, stdin) => {
      const before = refusals.length;
      // On its own: what another stage would give is of no matter here.
      const alone = {
        ...command,
        stdin: { ...command.stdin, from: stdin === undefined ? ("none" as const) : ("caller" as const) },
      };
      const step = { stages: [alone], ...(stdin === undefined ? {} : { stdin }) };
      const outcome = await execution.run(toRequest(step, { workTree: folders.workDir }));
      return { outcome, refusals: refusals.slice(before).map(({ message }) => message) };
    },
  };
}

/** What a tool makes of its arguments; undefined when it makes nothing of them. */
function planOf(tool: string, given: unknown): Plan | undefined {
  const declared = findTool(tool);
  const endpoints = {
    prometheus: "http://prometheus.monitoring.svc:9090",
    alertmanager: "http://alertmanager.monitoring.svc:9093",
  };
  const read = declared === undefined ? undefined : readArguments(declared, given, endpoints);
  const understood = read?.ok === true ? understand(read.draft, settings) : undefined;
  return understood?.ok === true ? understood.plan : undefined;
}

export interface Judged {
  readonly command: Command;
  readonly stdin?: string;
}

/** Every command of the corpus and of the decision tables that is allowed, with or without a person, and talks. Each once. */
export function judgedCommands(binary: string): readonly (readonly [name: string, judged: Judged])[] {
  const lines = readFileSync(path.join(root, "test/corpus/calls.jsonl"), "utf8").trim().split("\n");
  const corpus = lines
    .map((line): { expected: string; tool: string; arguments: unknown } => JSON.parse(line))
    .filter(({ expected }) => expected !== "deny")
    .map((row) => planOf(row.tool, row.arguments));
  const tables: readonly {
    readonly want: { readonly effect?: string };
    readonly input: { readonly command?: { readonly argv: readonly string[] } };
  }[] = JSON.parse(readFileSync(path.join(root, "policies/build/cases.json"), "utf8"));
  const cases = tables
    .filter(
      ({ want, input }) =>
        want.effect === "allow" && input.command?.argv[0] === binary && !input.command.argv.includes("-"),
    )
    .map(({ input }) => planOf("cli_tool", { argv: input.command?.argv }));
  const found = new Map<string, Judged>();
  for (const plan of [...corpus, ...cases]) {
    for (const { stages, stdin } of plan?.steps ?? []) {
      for (const command of stages) {
        if (command.binary !== binary || !command.egress) continue;
        found.set(command.argv.join(" "), { command, ...(stdin === undefined ? {} : { stdin }) });
      }
    }
  }
  return [...found];
}
