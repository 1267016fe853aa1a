// The real helm and flux, where they are there, against a stub of the Kubernetes API: what they asked for is what the model
// says, and what they print comes through. Found in AISRE_TOOL_PATH and .tools/bin; missing ones are skipped.
import { gzipSync } from "node:zlib";
import path from "node:path";
import { existsSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import { understand } from "../../src/command/understand.ts";
import { composeExecution } from "../../src/compose/execution.ts";
import type { Command } from "../../src/domain/command.ts";
import { findTool } from "../../src/tools/catalog.ts";
import { readArguments } from "../../src/tools/read-arguments.ts";
import { startKubeStub } from "../helpers/kube-stub.ts";
import { toRequest } from "./setup.ts";

const root = path.resolve(import.meta.dirname, "../..");
const toolPath = [
  ...(process.env["AISRE_TOOL_PATH"] ?? "").split(":"),
  path.join(root, ".tools/bin"),
  "/usr/bin",
  "/bin",
];
const sandboxed = { sandbox: "prefer" as const, helperPath: toolPath };
const has = (binary: string) => toolPath.some((folder) => folder !== "" && existsSync(path.join(folder, binary)));

const settings = { defaultNamespace: "default", fluxNamespace: "flux-system", kinds: [] };
const clock = { now: () => Date.now(), monotonic: () => performance.now() };

type Objects = Parameters<typeof startKubeStub>[0];

/** Runs what a tool makes of its arguments, as the server would. */
async function ask(tool: string, given: object, objects: Objects) {
  const stub = await startKubeStub(objects);
  const execution = await composeExecution(
    { toolPath, kubeconfig: stub.kubeconfig, ...sandboxed, maxConcurrency: 1, maxQueue: 1 },
    { clock, serverUrl: "https://github.com" },
  );
  onTestFinished(() => execution.abandon());
  const declared = findTool(tool);
  if (declared === undefined) throw new Error(`no tool ${tool}`);
  const read = readArguments(declared, given);
  if (!read.ok) throw new Error(read.message);
  const understood = understand(read.draft, settings);
  if (!understood.ok) throw new Error(understood.refusal.message);
  const [step] = understood.plan.steps;
  if (step === undefined) throw new Error("no step");
  const outcome = await execution.run(toRequest(step));
  const answered = outcome.stages.length === step.stages.length && outcome.stages.every((stage) => stage.answered);
  return { ...outcome, answered, requests: stub.requests, foreign: foreignTo(step.stages[0], stub.requests) };
}

/** Requests that the model does not name: another resource, another namespace. */
function foreignTo(command: Command | undefined, requests: readonly string[]): readonly string[] {
  const named = (command?.resources ?? []).map(({ group, resource, namespace }) => ({ group, resource, namespace }));
  return requests.filter((request) => {
    const [, group = "", namespace, resource] =
      /\/(?:api|apis\/([a-z0-9.]+))\/[a-z0-9]+\/(?:namespaces\/([a-z0-9-]+)\/)?([a-z]+)/.exec(request) ?? [];
    return !named.some(
      (one) =>
        (one.group === "*" || (one.group === group && one.resource === resource)) &&
        (one.namespace === "" || one.namespace === namespace),
    );
  });
}

const manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  a: b\n";

/** A revision as helm stores it: JSON, gzip, base64, and base64 again as every Secret. */
function revision(number: number, status: string) {
  const release = {
    name: "web",
    version: number,
    namespace: "default",
    manifest,
    config: { password: "hunter2-hunter2" },
    chart: { metadata: { name: "web", version: `1.0.${number}`, appVersion: "1", apiVersion: "v2" } },
    info: {
      status,
      notes: "Open the door.",
      description: `revision ${number}`,
      first_deployed: "2026-01-01T00:00:00Z",
      last_deployed: `2026-01-0${number}T00:00:00Z`,
    },
  };
  const stored = gzipSync(JSON.stringify(release)).toString("base64");
  const labels = { owner: "helm", name: "web", version: String(number), status };
  return {
    type: "helm.sh/release.v1",
    metadata: { name: `sh.helm.release.v1.web.v${number}`, namespace: "default", labels },
    data: { release: Buffer.from(stored).toString("base64") },
  };
}

const releases: Objects = {
  "api/v1/namespaces/default/secrets": [revision(1, "superseded"), revision(2, "deployed")],
  "api/v1/namespaces/default/configmaps": [{ metadata: { name: "web", namespace: "default" } }],
};

describe.skipIf(!has("helm"))("helm", () => {
  it("lists the releases of the namespace, out of its storage", async () => {
    const { answered, stdout, requests, foreign, stderr } = await ask("helm_list", {}, releases);
    expect({ answered, stderr, foreign }).toEqual({ answered: true, stderr: "", foreign: [] });
    expect(stdout).toMatch(/web\s+default\s+2\s.*deployed\s+web-1\.0\.2/);
    expect(new Set(requests)).toEqual(new Set(["GET /api/v1/namespaces/default/secrets"]));
  });

  it("shows a release without its values", async () => {
    const { answered, stdout, foreign, stderr } = await ask("helm_status", { release: "web" }, releases);
    expect({ answered, foreign }, stderr).toEqual({ answered: true, foreign: [] });
    expect(stdout).toContain("STATUS: deployed");
    expect(stdout).toContain("Open the door.");
    expect(stdout).not.toContain("hunter2");
  });

  it("lists the revisions of a release", async () => {
    const { answered, stdout, foreign } = await ask("helm_history", { release: "web" }, releases);
    expect({ answered, foreign }).toEqual({ answered: true, foreign: [] });
    expect(stdout).toMatch(/1\s.*superseded[\s\S]*2\s.*deployed/);
  });

  it("changes nothing in a dry run of a rollback", async () => {
    const asked = { release: "web", revision: 1, dry_run: true };
    const { answered, requests, foreign, stderr } = await ask("helm_rollback", asked, releases);
    expect({ answered, foreign }, stderr).toEqual({ answered: true, foreign: [] });
    expect(requests.filter((request) => !request.startsWith("GET "))).toEqual([]);
  });

  it("says in its exit code that a release is not there", async () => {
    const { answered, stages, stderr } = await ask("helm_status", { release: "api" }, releases);
    expect({ answered, exitCode: stages[0]?.exitCode }).toEqual({ answered: false, exitCode: 1 });
    expect(stderr).toContain("not found");
  });
});

const flux = (name: string, ready: string, message: string, more: object = {}) => ({
  metadata: { name, namespace: "flux-system" },
  spec: { sourceRef: { kind: "GitRepository", name: "flux-system" }, ...more },
  status: { conditions: [{ type: "Ready", status: ready, reason: "Test", message }] },
});
const kustomizations = "apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations";
/** One controller with a log, and an object that a Kustomization manages. */
const part = { "app.kubernetes.io/part-of": "flux" };
const pod = { labels: { app: "kustomize-controller" } };
const container = { name: "manager", image: "ghcr.io/fluxcd/kustomize-controller:v1.9.5" };
const controllers: Objects = {
  "apis/apps/v1/namespaces/flux-system/deployments": [
    {
      metadata: { name: "kustomize-controller", namespace: "flux-system", labels: part },
      spec: { template: { metadata: pod, spec: { containers: [container] } } },
    },
  ],
  "api/v1/namespaces/flux-system/pods": [
    {
      metadata: { name: "kustomize-controller-1", namespace: "flux-system", ...pod },
      spec: { containers: [container] },
    },
  ],
  "api/v1/namespaces/default/configmaps": [
    {
      metadata: {
        name: "web",
        namespace: "default",
        labels: { "kustomize.toolkit.fluxcd.io/name": "infra", "kustomize.toolkit.fluxcd.io/namespace": "flux-system" },
      },
    },
  ],
};
const gitOps: Objects = {
  [kustomizations]: [
    flux("apps", "False", "kustomize build failed: no such file"),
    flux("infra", "True", "Applied revision: main@sha1:abc"),
    flux("old", "True", "Applied revision: main@sha1:abc", { suspend: true }),
  ],
  "apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/gitrepositories": [flux("flux-system", "True", "stored")],
};

describe.skipIf(!has("flux") || !has("jq"))("flux", () => {
  it("makes one table of what is not ready, and why", async () => {
    const { answered, stdout, stderr, foreign } = await ask("flux_status", {}, gitOps);
    expect({ answered, foreign }, stderr).toEqual({ answered: true, foreign: [] });
    expect(stdout.split("\n").map((line) => line.split("\t"))).toEqual([
      ["2 of 4 Flux objects are not ready or are suspended"],
      ["OBJECT", "READY", "SUSPENDED", "WHY"],
      ["kustomization/apps", "False", "False", "kustomize build failed: no such file"],
      ["kustomization/old", "True", "True", "Applied revision: main@sha1:abc"],
      [""],
    ]);
  });

  it("never calls everything ready when a kind could not be listed", async () => {
    const { answered, stages, stdout, stderr } = await ask("flux_status", {}, { ...gitOps, [kustomizations]: 403 });
    expect({ answered, stages: stages.length, exitCode: stages[0]?.exitCode }).toEqual({
      answered: false,
      stages: 1,
      exitCode: 0,
    });
    expect(stdout).toBe("");
    expect(stderr).toContain("Forbidden");
  });

  it("logs of the controllers come from Flux's namespace, and are chosen by --namespace", async () => {
    const ours = await ask("cli_tool", { command: "flux logs" }, { ...gitOps, ...controllers });
    expect(ours.stdout).toContain("error Kustomization/apps.flux-system - stub");
    const others = await ask("cli_tool", { command: "flux logs -n default" }, { ...gitOps, ...controllers });
    expect({ answered: others.answered, stdout: others.stdout }).toEqual({ answered: true, stdout: "" });
    expect(others.requests).toEqual(ours.requests);
  });

  it("shows one object", async () => {
    const { answered, stdout, foreign } = await ask("flux_status", { kind: "kustomization", name: "apps" }, gitOps);
    expect({ answered, foreign }).toEqual({ answered: true, foreign: [] });
    expect(stdout).toContain("kustomize build failed");
    expect(stdout).not.toContain("infra");
  });

  it.each([
    ["flux_suspend", "infra"],
    ["flux_resume", "old"],
  ])("%s patches exactly the one object, and does not wait", async (tool, name) => {
    const { answered, requests, foreign, stderr, durationMs } = await ask(
      tool,
      { kind: "kustomization", name },
      gitOps,
    );
    expect({ answered, foreign }, stderr).toEqual({ answered: true, foreign: [] });
    expect(requests.filter((request) => !request.startsWith("GET "))).toEqual([`PATCH /${kustomizations}/${name}`]);
    expect(durationMs).toBeLessThan(20_000);
  });

  it("is a failure when the object is not there, although flux ends with 0", async () => {
    const { answered, stages, stderr } = await ask("flux_suspend", { kind: "kustomization", name: "web" }, gitOps);
    expect({ answered, exitCode: stages[0]?.exitCode }).toEqual({ answered: false, exitCode: 0 });
    expect(stderr).toContain("not found");
  });
});

describe("requests of other verbs", () => {
  const lines: readonly (readonly [binary: string, command: string, answered: boolean])[] = [
    ["helm", "helm list --filter ^w -o json", true],
    ["helm", "helm get notes web", true],
    ["helm", "helm status web --revision 1", true],
    ["flux", "flux stats", true],
    ["flux", "flux get sources all", true],
    ["flux", "flux events", true],
    ["flux", "flux events --for Kustomization/apps", true],
    ["flux", "flux events --for kustomization --types warning", true],
    ["flux", "flux tree ks apps", true],
    ["flux", "flux trace cm web -n default", true],
    ["flux", "flux trace cm/web -n default", true],
    ["flux", "flux logs --tail 5", true],
    ["flux", "flux logs --kind Kustomization -n default", true],
    // Nobody handles the request in the stub: it is asked for, and the wait for it ends.
    ["flux", "flux reconcile ks infra --timeout 3s", false],
    ["flux", "flux reconcile ks infra --with-source --timeout 3s", false],
  ];
  it.each(lines.filter(([binary]) => has(binary)))(
    "%s: `%s` asks for nothing that the model leaves out",
    async (_binary, command, answered) => {
      const objects = { ...releases, ...gitOps, ...controllers };
      const outcome = await ask("cli_tool", { command }, objects);
      expect({ foreign: outcome.foreign, answered: outcome.answered }, outcome.stderr).toEqual({
        foreign: [],
        answered,
      });
      expect(outcome.requests).not.toEqual([]);
    },
  );
});

it.skipIf(!has("helm"))("helm without a cluster says that it is unreachable", async () => {
  const execution = await composeExecution(
    { toolPath, ...sandboxed, maxConcurrency: 1, maxQueue: 1 },
    { clock, serverUrl: "https://github.com" },
  );
  onTestFinished(() => execution.abandon());
  expect(execution.availability("helm")).toMatchObject({ available: false });
});
