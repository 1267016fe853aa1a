// What pre-flight asks the gate for, and what it makes of the answers. The gate is scripted here: each answer is what the real
// kubectl and git print; test/server/preflight.test.ts asks those.
import { describe, expect, it } from "vitest";
import { understand } from "../../src/command/understand.ts";
import { withObserved } from "../../src/command/observe.ts";
import type { Draft } from "../../src/domain/command.ts";
import type { Looked, PreflightReport } from "../../src/domain/preflight.ts";
import { preflight } from "../../src/preflight/preflight.ts";

const settings = {
  defaultNamespace: "default",
  fluxNamespace: "flux-system",
  kinds: [],
  git: { repository: "o/r", remote: "origin", baseBranch: "main" },
};

type Answer = string | { readonly exit: string } | { readonly why: string };
interface Script {
  readonly get?: Answer;
  readonly "can-i"?: Answer;
  readonly dry?: Answer;
  readonly owner?: string;
}

const looked = (answer: Answer): Looked => {
  if (typeof answer === "string") return { ok: true, answered: true, stdout: answer, stderr: "" };
  if ("why" in answer) return { ok: false, why: answer.why };
  return { ok: true, answered: false, stdout: "", stderr: answer.exit };
};

/** The report on one command, and what was asked for it. */
async function forecast(
  argv: readonly string[],
  script: Script = {},
  stdin?: string,
): Promise<PreflightReport & { readonly asked: readonly (readonly string[])[] }> {
  const read = understand(
    { action: "command", steps: [{ argv, ...(stdin === undefined ? {} : { stdin }) }] },
    settings,
  );
  if (!read.ok) throw new Error(read.refusal.message);
  const seen = { remoteUrl: "u", clean: true, head: id, base: id, refs: { HEAD: id } };
  const plan = withObserved(read.plan, { repository: seen, repositories: ["o/r"], changedPaths: ["apps/web.yaml"] });
  const changes = plan.steps.flatMap(({ stages, stdin: text }, stepIndex) =>
    stages.map((command) => ({ stepIndex, command, ...(text === undefined ? {} : { stdin: text }) })),
  );
  const asked: (readonly string[])[] = [];
  const { get = "", "can-i": canI = "yes\n", dry = "", owner = "" } = script;
  const report = await preflight(changes, {
    ownerOf: () => owner,
    run: async (draft: Draft) => {
      const [step] = draft.steps;
      const words = step !== undefined && "argv" in step ? step.argv : [];
      asked.push(words);
      // Whatever is asked for is understood: a typing error here would be told as "could not be looked at" for ever.
      const understood = understand(draft, settings);
      if (!understood.ok) throw new Error(understood.refusal.message);
      if (words[1] === "get" || words[1] === "branch") return looked(get);
      return looked(words[2] === "can-i" ? canI : dry);
    },
  });
  return { ...report, asked };
}

const id = "a".repeat(40);
const web = (spec: Record<string, unknown>, metadata: Record<string, unknown> = {}) =>
  JSON.stringify({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", ...metadata }, spec });
const scale = ["kubectl", "scale", "deploy", "web", "--replicas=3"];

describe("a scaling", () => {
  it("is told with the number of now and the number of then", async () => {
    const { changes, lines, asked } = await forecast(scale, { get: web({ replicas: 2 }) });
    expect(changes).toEqual([
      {
        stepIndex: 0,
        subject: "deployments.apps/web in default",
        verdict: "passed",
        exists: true,
        permitted: true,
        differences: [{ path: "spec.replicas", before: "2", after: "3" }],
        notes: [],
        problems: [],
      },
    ]);
    expect(lines).toEqual(["deployments.apps/web in default: spec.replicas: 2 → 3"]);
    expect(asked).toEqual([
      ["kubectl", "get", "deployments.apps", "web", "--namespace=default", "--ignore-not-found=true", "--output=json"],
      ["kubectl", "auth", "can-i", "patch", "deployments.apps/web", "--namespace=default", "--subresource=scale"],
      expect.arrayContaining(["kubectl", "scale", "--dry-run=server", "--replicas=3", "web"]),
    ]);
  });

  it("of something that is not there would fail, and is not tried", async () => {
    const { changes, asked } = await forecast(scale, { get: "" });
    expect(changes).toMatchObject([{ verdict: "refused", exists: false, problems: [{ rule: "preflight/not-found" }] }]);
    expect(asked.map(([, verb]) => verb)).toEqual(["get", "auth"]);
  });

  it("that the cluster does not permit would fail, and is not tried", async () => {
    const { changes, asked } = await forecast(scale, { get: web({ replicas: 2 }), "can-i": "no\n" });
    expect(changes).toMatchObject([{ verdict: "refused", permitted: false, problems: [{ rule: "preflight/can-i" }] }]);
    expect(asked).toHaveLength(2);
  });

  it("that the API server refuses would fail, in its own words and on one line", async () => {
    const exit = 'The Deployment "web" is invalid:\n* spec.replicas: too many\n';
    const { changes, lines } = await forecast(scale, { get: web({ replicas: 2 }), dry: { exit } });
    expect(changes).toMatchObject([{ verdict: "refused", problems: [{ rule: "preflight/dry-run" }], differences: [] }]);
    expect(lines).toEqual([
      expect.stringMatching(/would fail: the dry run failed: The Deployment "web" is invalid: \*/),
    ]);
  });

  it.each(["flux/apps", "helm/web", "ReplicaSet/x,argocd/web"])(
    "of what %s keeps is better made in Git",
    async (owner) => {
      const { changes, lines } = await forecast(scale, { get: web({ replicas: 2 }), owner });
      expect(changes).toMatchObject([{ verdict: "passed", keptBy: owner.split(",").at(-1) }]);
      expect(lines).toContainEqual(expect.stringContaining("change it in Git"));
    },
  );

  it("that could not be looked at is told so, and promises nothing", async () => {
    const why = { why: "pods may not be used here" };
    const { changes, lines } = await forecast(scale, { get: why, "can-i": why, dry: why });
    expect(changes).toMatchObject([{ verdict: "unknown", problems: [], differences: [{ after: "3" }] }]);
    expect(changes[0]).not.toHaveProperty("exists");
    expect(changes[0]).not.toHaveProperty("permitted");
    expect(lines.filter((line) => line.includes("pods may not be used here"))).toHaveLength(3);
  });
});

describe("a manifest", () => {
  const manifest = web({
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image: "web:2" }] } },
  });
  const apply = ["kubectl", "apply", "-f", "-"];

  it("is told by what the API server would make of it", async () => {
    const containers = (image: string) => ({ template: { spec: { containers: [{ name: "web", image }] } } });
    const { changes, asked } = await forecast(
      apply,
      { get: web(containers("web:1")), dry: web(containers("web:2")) },
      manifest,
    );
    expect(changes).toMatchObject([
      {
        verdict: "passed",
        differences: [{ path: "spec.template.spec.containers[web].image", before: '"web:1"', after: '"web:2"' }],
      },
    ]);
    expect(asked[1]).toEqual(expect.arrayContaining(["patch", "deployments.apps/web"]));
    expect(asked[2]).toEqual(expect.arrayContaining(["--dry-run=server", "--output=json", "--validate=strict"]));
  });

  it("of something new asks for the right to create, by kind: no name is known before", async () => {
    const { changes, asked, lines } = await forecast(apply, { get: "", dry: manifest }, manifest);
    expect(changes).toMatchObject([{ verdict: "passed", exists: false, problems: [] }]);
    expect(asked[1]).toEqual(["kubectl", "auth", "can-i", "create", "deployments.apps", "--namespace=default"]);
    expect(lines).toEqual([expect.stringContaining("would be created")]);
  });

  it("that changes nothing is told so", async () => {
    const { lines } = await forecast(apply, { get: manifest, dry: manifest }, manifest);
    expect(lines).toEqual(["deployments.apps/web in default: it would not change"]);
  });
});

describe("other changes", () => {
  it("without a dry run are judged only, and looked at all the same", async () => {
    const { changes, asked } = await forecast(["kubectl", "rollout", "restart", "deploy/web"], {
      get: web({ replicas: 2 }),
      owner: "flux/apps",
    });
    expect(changes).toMatchObject([{ verdict: "judged_only", exists: true, permitted: true, keptBy: "flux/apps" }]);
    expect(changes[0]?.notes.join()).not.toContain("change it in Git");
    expect(asked).toHaveLength(2);
  });

  it("that delete a pod say when nothing makes a new one", async () => {
    const pod = JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "web-1" } });
    const alone = await forecast(["kubectl", "delete", "pod", "web-1"], { get: pod });
    const owned = await forecast(["kubectl", "delete", "pod", "web-1"], { get: pod, owner: "ReplicaSet/web" });
    expect(alone.asked[1]).toEqual(expect.arrayContaining(["delete", "pods/web-1"]));
    expect(alone.lines).toEqual([expect.stringContaining("no new pod")]);
    expect(owned.lines).toEqual([]);
  });

  it("of Flux's objects are looked at by kubectl", async () => {
    const { changes, asked } = await forecast(["flux", "suspend", "kustomization", "apps"], { get: web({}) });
    expect(changes).toMatchObject([{ verdict: "judged_only", exists: true }]);
    expect(asked[0]).toEqual(expect.arrayContaining(["kustomizations.kustomize.toolkit.fluxcd.io", "apps"]));
  });
});

describe("a push", () => {
  const push = ["git", "push", "origin", "HEAD:refs/heads/ai-sre/fix-1"];

  it("is tried dry, by the object's id, and tells the files", async () => {
    const { changes, lines, asked } = await forecast(push);
    expect(changes).toMatchObject([{ subject: "branch ai-sre/fix-1 at origin", verdict: "passed" }]);
    expect(lines).toEqual(["branch ai-sre/fix-1 at origin: against the base branch it changes apps/web.yaml"]);
    expect(asked).toEqual([expect.arrayContaining(["git", "push", "--dry-run", `${id}:refs/heads/ai-sre/fix-1`])]);
  });

  it("that is no fast-forward would fail", async () => {
    const exit = "git:  ! [rejected]  aaaa -> ai-sre/fix-1 (non-fast-forward)\n";
    expect((await forecast(push, { dry: { exit } })).changes).toMatchObject([
      { verdict: "refused", problems: [{ rule: "preflight/fast-forward" }] },
    ]);
    expect((await forecast(push, { dry: { exit: "git: fatal: no answer" } })).changes).toMatchObject([
      { verdict: "refused", problems: [{ rule: "preflight/dry-run", message: expect.stringContaining("no answer") }] },
    ]);
  });
});

describe("a pull request", () => {
  const create = ["gh", "pr", "create", "--title=x", "--body=y", "--head=ai-sre/fix-1"];

  it("needs both its branches at the remote", async () => {
    const both = await forecast(create, { get: "  origin/ai-sre/fix-1\n  origin/main\n" });
    expect(both.changes).toMatchObject([{ subject: "pull request ai-sre/fix-1 into main", verdict: "judged_only" }]);
    const none = await forecast(create, { get: "  origin/main\n" });
    expect(none.changes).toMatchObject([
      { verdict: "refused", problems: [{ rule: "preflight/branch", message: "origin has no branch ai-sre/fix-1" }] },
    ]);
    const unseen = await forecast(create, { get: { why: "there is no work tree" } });
    expect(unseen.changes).toMatchObject([{ verdict: "unknown", problems: [] }]);
  });
});
