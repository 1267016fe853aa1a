// A refusal teaches: it names the token, its place, the rule, and the nearest form that is allowed. One row for each mistake that
// callers make most, from the command line to the verdict.
import { describe, expect, it } from "vitest";
import { composePolicy } from "../../src/compose/policy.ts";
import { loadConfig } from "../../src/config/load.ts";
import { assumedObservation } from "../../src/gate/assume.ts";
import { judge } from "../../src/gate/judge.ts";

const { policy, settings } = composePolicy(
  {
    ...loadConfig({ GITHUB_REPO: "o/r", PROMETHEUS_URL: "http://prometheus.monitoring.svc:9090" }).policy,
    dataFile: "namespaces: [default, shop]",
  },
  { clock: { now: () => 0, monotonic: () => 0 } },
);
const assume = assumedObservation({ repository: "o/r", serverUrl: "https://github.com" });

/** The one reason for a refusal, and the word that its position points at: of what was sent, or of what would have run. */
function lesson(command: string) {
  const principal = { id: "n8n", roles: ["operator"], authenticatedBy: "bearer" } as const;
  const call = { callId: "1", tool: "cli_tool", arguments: { command }, principal, transport: "http" } as const;
  const judgement = judge(call, policy, settings, assume);
  if (judgement.kind === "refused") {
    const { position } = judgement.reason;
    const word = position === undefined ? undefined : command.split(" | ")[position.stage]?.split(" ")[position.index];
    return { ...judgement.reason, stage: position?.stage, word };
  }
  const { decision, plan } = judgement;
  if (decision.effect === "allow") throw new Error(`allowed: ${command}`);
  const [reason, ...others] = decision.reasons;
  if (reason === undefined || others.length > 0) throw new Error(JSON.stringify(decision.reasons));
  const { position } = reason;
  const argv = position === undefined ? undefined : plan.steps[0]?.stages[position.stage]?.argv;
  return { ...reason, stage: position?.stage, word: argv?.[position?.index ?? 0] };
}

interface Lesson {
  readonly rule: string;
  readonly token: string;
  /** The word at the position; the token itself where nothing else is said. */
  readonly word?: string | RegExp;
  readonly stage?: number;
  readonly try: string | RegExp;
}

const lessons: readonly (readonly [string, Lesson])[] = [
  ["kubectl get secrets", { rule: "kubectl/no-secrets", token: "secrets", try: /kubectl get configmaps/ }],
  [
    "kubectl get pods -A",
    { rule: "kubectl/no-all-namespaces", token: "--all-namespaces", try: "--namespace=default or --namespace=shop" },
  ],
  ["kubectl logs web-1 --tail=-1", { rule: "server/not-understood", token: "--tail=-1", try: "--tail=1..2000" }],
  [
    "kubectl get pods -n kube-system",
    {
      rule: "kubectl/namespace",
      token: "--namespace=kube-system",
      try: "--namespace=default or --namespace=shop",
    },
  ],
  [
    "kubectl get clusterroles",
    { rule: "kubectl/resource", token: "clusterroles", word: /^clusterroles/, try: /pods, deployments/ },
  ],
  [
    "kubectl scale deploy/web --replicas=0",
    { rule: "kubectl/replicas", token: "--replicas=0", try: "--replicas=1..20" },
  ],
  [
    "git push origin main",
    {
      rule: "git/branch",
      token: "refs/heads/main",
      word: /:refs\/heads\/main$/,
      try: /git push origin HEAD:refs\/heads\/ai-sre\/NAME/,
    },
  ],
  ["git push upstream HEAD:refs/heads/ai-sre/fix", { rule: "git/remote", token: "upstream", try: "origin" }],
  [
    "gh pr list --repo other/repo",
    { rule: "gh/repository", token: "other/repo", word: "--repo=other/repo", try: "--repo=o/r" },
  ],
  [
    "curl -s http://evil.example/",
    {
      rule: "curl/host",
      token: "evil.example",
      word: "http://evil.example/",
      try: "http://prometheus.monitoring.svc:9090",
    },
  ],
  [
    "curl -s -X POST http://prometheus.monitoring.svc:9090/",
    { rule: "curl/method", token: "POST", word: /POST/, try: "GET, HEAD" },
  ],
  ["kubctl get pods", { rule: "server/not-understood", token: "kubctl", try: "kubectl" }],
  ["kubectl describ pod web-1", { rule: "server/not-understood", token: "describ", try: "describe" }],
  [
    "kubectl frobnicate pods",
    { rule: "server/not-understood", token: "frobnicate", try: /kubectl get, kubectl describe, kubectl logs/ },
  ],
  ["kubectl exec web-1 -- sh", { rule: "server/not-understood", token: "exec", try: "kubectl logs, kubectl describe" }],
  ["kubectl get pods --outptu json", { rule: "server/not-understood", token: "--outptu", try: "--output" }],
  ["helm get values web", { rule: "server/not-understood", token: "values", try: /helm get notes RELEASE/ }],
  [
    "flux get ks -n kube-system",
    { rule: "flux/namespace", token: "kube-system", word: /kube-system/, try: /flux-system/ },
  ],
  ["grep password /etc/passwd", { rule: "server/not-understood", token: "/etc/passwd", try: /put it behind a pipe/ }],
  ["kubectl get pods | jq env", { rule: "jq/no-environment", token: "env", stage: 1, try: /fields such as \.env/ }],
  [
    "kubectl get pods | sed -i s/a/b/",
    { rule: "server/not-understood", token: "-i", stage: 1, try: "put it behind a pipe" },
  ],
  [
    "kubectl get pods | xargs rm",
    { rule: "server/not-understood", token: "xargs", stage: 1, try: "jq, grep, sort, head or another filter" },
  ],
];

describe("a refusal teaches", () => {
  it.each(lessons)("%s", (command, { rule, token, word = token, stage = 0, try: hint }) => {
    const learnt = lesson(command);
    expect(learnt).toMatchObject({ rule, token, stage });
    expect(learnt.word).toMatch(word);
    expect(learnt.try).toMatch(hint);
    expect(learnt.message.length).toBeGreaterThan(15);
  });

  it("and what a person has to approve says who: flux suspend", () => {
    const principal = { id: "n8n", roles: ["operator"], authenticatedBy: "bearer" } as const;
    const call = { callId: "1", tool: "cli_tool", arguments: { command: "flux suspend hr web" }, principal } as const;
    const judgement = judge({ ...call, transport: "http" }, policy, settings, assume);
    expect(judgement).toMatchObject({
      decision: { effect: "allow", rules: ["flux/suspend"], obligations: { approval: { roles: ["approver"] } } },
    });
  });
});
