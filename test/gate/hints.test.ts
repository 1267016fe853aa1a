// Whatever form a refusal offers, this caller can take: its tool is listed and its verb is allowed, over the whole corpus, for
// every role and for sites that have little. What is allowed is known from the corpus itself and not from the code under test.
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { grammars } from "../../src/command/grammar/grammars.ts";
import { type Asked, askedSchema } from "../../src/desk/asked.ts";
import { openSide, type Side } from "../../src/desk/side.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { Reason } from "../../src/domain/decision.ts";
import { roles } from "../../src/domain/principal.ts";
import type { Judgement } from "../../src/gate/judge.ts";
import { catalog } from "../../src/tools/catalog.ts";
import { never, openGate, toCall } from "./setup.ts";

const corpus = readFileSync(new URL("../corpus/calls.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => askedSchema.parse(JSON.parse(line)));
const all = {
  GITHUB_REPO: "o/r",
  PROMETHEUS_URL: "http://prometheus.monitoring.svc:9090",
  ALERTMANAGER_URL: "http://alertmanager.monitoring.svc:9093",
  FLUX_NAMESPACE: "flux-system",
};

const sites: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
  ["as the corpus has it", all, ""],
  ["with every toolset", all, "toolsets: [kubectl, git, gh, flux, helm, monitoring, cli, server]\n"],
  ["without a repository", {}, "toolsets: [kubectl, git, gh, flux, helm, monitoring, cli, server]\n"],
  ["without flux and helm", all, "binaries: [kubectl, git, jq, grep, sort]\n"],
  ["without the command line", all, "toolsets: [kubectl, git, server]\n"],
  ["that may only be read", all, "mode: read_only\n"],
  ["that is frozen", all, "mode: frozen\n"],
];

const reasonsOf = (judgement: Judgement): readonly Reason[] => {
  if (judgement.kind === "refused") return [judgement.reason];
  return judgement.decision.effect === "deny" ? judgement.decision.reasons : [];
};

/** Binary and verb of everything that the corpus is allowed. */
function allowedVerbs(side: Side, role: Asked["principal"]["roles"][number]): ReadonlySet<string> {
  const allowed = new Set<string>();
  for (const asked of [...corpus, ...plain]) {
    const judgement = side.judge({ ...asked, principal: { id: "n8n", roles: [role] } });
    if (judgement.kind === "refused" || judgement.decision.effect !== "allow") continue;
    for (const { stages } of judgement.plan.steps)
      for (const { binary, verb } of stages) allowed.add([binary, ...verb].join(" "));
  }
  return allowed;
}

/** Verbs that the corpus has no allowed call of. */
const plain = [
  "kubectl config current-context",
  "kubectl version",
  "kubectl api-resources",
  "kubectl auth whoami",
  "kubectl rollout history deployment/web",
  "kubectl apply -f -",
  "helm version",
  "gh pr list",
  "gh pr diff 17",
  "gh pr checks 17",
  "gh issue list",
  "kubectl auth can-i get pods",
  "flux get sources git",
  "flux reconcile receiver web",
  "flux trace deployment web",
  "helm get notes web",
  "git fetch",
  "gh pr create --title=x --body=y --head=ai-sre/x",
  "git push origin HEAD:refs/heads/ai-sre/x",
].map((command) => askedSchema.parse({ tool: "cli_tool", arguments: { command, ...stdinOf(command) } }));

function stdinOf(command: string) {
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web" }, data: { a: "b" } };
  return command.endsWith(" -f -") ? { stdin: JSON.stringify(object) } : {};
}

const verbs = [...grammars.values()].flatMap(({ spec, verbs: known }) =>
  known.flatMap(({ verb }) => (verb.length === 0 ? [] : [[spec.name, ...verb].join(" ")])),
);
const holds = (hint: string, words: string): boolean =>
  new RegExp(`(?:^|[ ,:\`])${words.replaceAll("-", "\\-")}(?![\\w-])`).test(hint);
/** Of `kubectl rollout` and `kubectl rollout undo` the longer. */
const verbsIn = (hint: string): readonly string[] => {
  const found = verbs.filter((words) => holds(hint, words));
  return found.filter((one) => !found.some((other) => other.startsWith(`${one} `)));
};

describe.each(sites)("hints at a site %s", (_name, environment, yaml) => {
  let side: Side;
  beforeAll(async () => {
    const { policy, serverUrl } = loadConfig(environment);
    side = await openSide({ ...policy, dataFile: yaml }, serverUrl);
  });

  it.each(roles)("name what %s may do", (role) => {
    const principal = { id: "n8n", roles: [role] };
    const allowed = allowedVerbs(side, role);
    const visible = side.policy.visible({ ...principal, authenticatedBy: "local" });
    const wrong = new Set<string>();
    for (const asked of corpus) {
      for (const { rule, try: hint } of reasonsOf(side.judge({ ...asked, principal }))) {
        if (hint === undefined) continue;
        for (const verb of verbsIn(hint)) if (!allowed.has(verb)) wrong.add(`${rule}: ${hint} [${verb}]`);
        for (const { name } of catalog)
          if (holds(hint, name) && !visible.has(name)) wrong.add(`${rule}: ${hint} [${name}]`);
      }
    }
    expect([...wrong]).toEqual([]);
  });
});

describe("a hint", () => {
  const hintsOf = async (command: string) => {
    const { reasons } = await openGate().gate.call(toCall("cli_tool", { command }), never());
    return reasons?.map(({ try: hint }) => hint);
  };

  it("of the gate itself is one that can be followed", async () => {
    // This site has no repository, and gh is no toolset of it.
    expect(await hintsOf("gh pr merge 1")).toEqual([undefined]);
    expect(await hintsOf("kubectl delete pod web --force")).toEqual(["leave it out"]);
    expect(await hintsOf("kubectl exec web -- id")).toEqual(["kubectl logs, kubectl describe"]);
    expect(await hintsOf("helm upgrade web chart")).toEqual([
      "helm rollback RELEASE REVISION, or a change in the repository",
    ]);
  });
});
