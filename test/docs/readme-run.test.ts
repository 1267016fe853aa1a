// README.md's commands are run as they stand against the simulated cluster: its servers in the background, everything else in turn.
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SimulatedCluster, startSimulatedCluster } from "../../demo/cluster/start.ts";
import { copyCheckout, surroundings } from "../helpers/copy-checkout.ts";
import { freePort } from "../helpers/free-port.ts";
import { fencesOf } from "./markdown.ts";
import { expectShown, runSteps, stepsOf } from "./run-page.ts";

// Long ones with targets and tests of their own; what needs an engine; an address that others reach.
const isLeftOut = /^make (?:demo|build)|MCP_SERVER_HOST=0\.0\.0\.0/;
const steps = stepsOf(fencesOf("README.md")).filter(({ commands }) => !isLeftOut.test(commands));

/** The first lines of a block → what it prints. */
const answers: readonly (readonly [begins: string, prints: readonly string[]])[] = [
  ["export KUBECONFIG", ["ok"]],
  [
    "npm run --silent ai-sre -- call kubectl_get",
    ["succeeded: kubectl get", "CrashLoopBackOff", '"exit_code":0', "succeeded"],
  ],
  ["curl -sS", ['"outcome":"succeeded"']],
  ["AISRE_AUDIT_FILE=local.jsonl", []],
  ['echo \'{"id":1', ['"effect":"deny"', "kubectl/no-secrets"]],
  ["npm run --silent ai-sre -- call kubectl_scale", ["May this run?", "Would change: ", "approved this", "grant "]],
  ["openssl rand -hex 32", ["ok"]],
  ["npm run --silent ai-sre -- audit verify", ["ok: ", "one chain", "TIME"]],
];

describe("README's commands", () => {
  let cluster: SimulatedCluster;
  let folder: string;
  let printed: readonly string[] = [];

  beforeAll(async () => {
    cluster = await startSimulatedCluster();
    folder = mkdtempSync(path.join(tmpdir(), "aisre-readme-"));
    const checkout = path.join(folder, "ai-sre");
    copyCheckout(checkout);
    mkdirSync(path.join(folder, ".kube"));
    cpSync(cluster.kubeconfig, path.join(folder, ".kube/config"));
    const port = await freePort();
    const ready = `curl -sSf --retry 60 --retry-delay 1 --retry-connrefused http://127.0.0.1:${port}/readyz`;
    const run = runSteps(
      steps.map((step) => ({
        ...step,
        commands: step.commands
          .replaceAll("127.0.0.1:8080", `127.0.0.1:${port}`)
          // The next server takes the place of the one before.
          .replace(/^make start$/m, `kill $(jobs -p) && wait || true\nmake start >>serve.log 2>&1 &\n${ready}`)
          .replaceAll(/ai-sre -- (call|approve approve)(?!.*--url)(.*)/g, (_all, verb: string, rest: string) =>
            onPort(verb, rest, port),
          ),
      })),
      { cwd: checkout, env: surroundings(folder, port), timeoutMs: 200_000 },
    );
    printed = run.printed;
    expect(run.status, run.said).toBe(0);
  }, 250_000);
  afterAll(async () => {
    await cluster?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  it("are all known here", () => {
    expect(steps.map(({ commands }) => answers.findIndex(([begins]) => commands.startsWith(begins)))).toEqual(
      answers.map((_answer, at) => at),
    );
  });

  it.each(answers.map(([begins, prints], at) => [begins, at, prints] as const))("%s", (_begins, at, prints) =>
    expectShown(printed[at] ?? "", prints),
  );
});

/** Both ask at port 8080 unless they are told. */
const onPort = (verb: string, rest: string, port: number): string =>
  `ai-sre -- ${verb} --url http://127.0.0.1:${port}/${verb === "call" ? "mcp/http" : "approvals"}${rest}`;
