// The n8n templates as they lie in n8n/, without n8n: their structure, the calls of AI SRE in them, and what agents are given. Every
// kind of fault is planted once, and has to be found.
import { describe, expect, it } from "vitest";
import { agentFaults } from "./agents.ts";
import { structureFaults } from "./structure.ts";
import { toolFaults } from "./tool-calls.ts";
import { templates, type Workflow, workflowSchema } from "./workflow.ts";

const faultsOf = (workflow: Workflow): readonly string[] => [
  ...structureFaults(workflow),
  ...toolFaults(workflow),
  ...agentFaults(workflow),
];

const read = (file: string): Workflow => workflowSchema.parse(templates.find((one) => one.file === file)?.json);

describe("the templates", () => {
  it("are there", () => {
    expect(templates.map(({ file }) => file)).toEqual([
      "n8n/agent.json",
      "n8n/diagnose.json",
      "n8n/gitops.json",
      "n8n/remediation.json",
    ]);
  });

  it.each(templates.map(({ file }) => file))("%s has no fault", (file) => {
    expect(faultsOf(read(file))).toEqual([]);
  });
});

/** A template with one text replaced, in its JSON. */
const replaced = (file: string, from: string, to: string): Workflow => {
  const text = JSON.stringify(read(file));
  expect(text).toContain(from);
  return workflowSchema.parse(JSON.parse(text.replace(from, () => to)));
};

const without = (file: string, name: string): Workflow => {
  const workflow = read(file);
  return { ...workflow, nodes: workflow.nodes.filter((node) => node.name !== name) };
};

const key = `ghp_${"A1b2C3d4E5".repeat(4).slice(0, 36)}`;

describe("the lint finds", () => {
  it.each<[what: string, workflow: () => Workflow, fault: RegExp]>([
    [
      "an unknown tool",
      () => replaced("n8n/gitops.json", "tool_name: 'kubectl_describe'", "tool_name: 'kubectl_explain'"),
      /Look: kubectl_explain: no tool kubectl_explain/,
    ],
    [
      "an unknown tool in a batch",
      () => replaced("n8n/gitops.json", "tool_name: 'gh_pr_create'", "tool_name: 'gh_pr_merge'"),
      /Propose it: gh_pr_merge: no tool gh_pr_merge/,
    ],
    [
      "an unknown argument",
      () => replaced("n8n/gitops.json", "name: workload, namespace", "name: workload, ns: namespace"),
      /Look: kubectl_describe: .*"ns"/,
    ],
    [
      "a missing argument",
      () => replaced("n8n/gitops.json", "resource: 'deployments', ", ""),
      /Look: kubectl_describe: resource/,
    ],
    [
      "an argument of the wrong kind in a batch",
      () => replaced("n8n/gitops.json", "changes: [{ path: manifest", "changes: [{ path: '/etc/passwd'"),
      /git_commit: changes\.0\.path/,
    ],
    [
      "an unknown tool that an agent is offered",
      () => replaced("n8n/agent.json", '"kubectl_scale"', '"kubectl_grow"'),
      /Change: no tool kubectl_grow/,
    ],
    [
      "a change that an agent may make unseen",
      () => replaced("n8n/agent.json", '"kubectl_top"', '"kubectl_scale"'),
      /Look: kubectl_scale reaches an agent without a review/,
    ],
    [
      "every tool offered",
      () => replaced("n8n/agent.json", '"include":"selected"', '"include":"all"'),
      /Look: offers every tool/,
    ],
    [
      "an agent that may decide",
      () => replaced("n8n/agent.json", '"kubectl_top"', '"approval_decide"'),
      /must not decide/,
    ],
    [
      "the approver's key at another call",
      () => replaced("n8n/agent.json", '"AI SRE operator"', '"AI SRE approver"'),
      /calls with the key AI SRE approver/,
    ],
    [
      "a verdict by the agent's key",
      () => replaced("n8n/gitops.json", '"AI SRE approver"', '"AI SRE operator"'),
      /Decide: decides with the key/,
    ],
    [
      "arguments pasted together",
      () =>
        replaced(
          "n8n/gitops.json",
          "={{ JSON.stringify($json.batch) }}",
          '={ \\"reason\\": \\"{{ $json.batch.reason }}\\" }',
        ),
      /pasted together/,
    ],
    [
      "a setting that Config does not have",
      () => replaced("n8n/gitops.json", "json.approver_ids", "json.approvers"),
      /Config has no approvers/,
    ],
    [
      "a node that is not there",
      () => replaced("n8n/gitops.json", "$('Incident')", "$('Accident')"),
      /no node Accident/,
    ],
    ["a link to nothing", () => without("n8n/gitops.json", "Escalate"), /connected to Escalate, which is not there/],
    [
      "an error that leads nowhere",
      () => without("n8n/gitops.json", "Read the checks"),
      /Read the checks, which is not there/,
    ],
    [
      "an error passed on as a result",
      () => replaced("n8n/gitops.json", '"onError":"continueErrorOutput"', '"onError":"continueRegularOutput"'),
      /passes an error on/,
    ],
    ["two nodes with one id", () => twoOfOneId(read("n8n/gitops.json")), /two nodes have the id/],
    [
      "an id that n8n cannot keep",
      () => ({ ...read("n8n/agent.json"), id: "ai-sre-agent-with-a-long-name" }),
      /no id of at most 21/,
    ],
    [
      "a program that is none",
      () => replaced("n8n/gitops.json", "={{ $json.firing }}", "={{ $json.firing === }}"),
      /Firing\?: .*Unexpected token/,
    ],
    [
      "braces that end too early",
      () => replaced("n8n/gitops.json", "fresh: true }) }}", "fresh: true, a: { b: 1 }}) }}"),
      /Checks: jsonInput: Unexpected token/,
    ],
    [
      "the environment",
      () => replaced("n8n/gitops.json", "={{ $json.firing }}", "={{ $env.FIRING }}"),
      /\$env is not to be had/,
    ],
    [
      "a property that n8n shuts",
      () => replaced("n8n/agent.json", "first().json.given", "first().json.arguments"),
      /n8n lets no expression have \.arguments/,
    ],
    [
      "an answer that nobody looks at",
      () => replaced("n8n/gitops.json", "={{ $json.structuredContent?.outcome === 'succeeded' }}", "={{ true }}"),
      /Look: Looked\? takes whatever comes for an answer/,
    ],
    [
      "a secret",
      () => replaced("n8n/gitops.json", "http://ai-sre:8080/mcp/http", `http://ai-sre:8080/mcp/http?token=${key}`),
      /holds what looks like/,
    ],
    [
      "more than the question before an agent",
      () =>
        replaced(
          "n8n/agent.json",
          '"name":"chatInput"',
          '"name":"chatInput"},{"id":"x","name":"query","value":"a","type":"string"',
        ),
      /keeps more than chatInput/,
    ],
    ["a webhook without its id", () => withoutWebhookIds(read("n8n/agent.json")), /Question: has no webhookId/],
  ])("%s", (_what, workflow, fault) => {
    expect(faultsOf(workflow()).join("\n")).toMatch(fault);
  });

  it("an error output that nobody listens to", () => {
    const workflow = read("n8n/agent.json");
    const { Decide: decide, ...others } = workflow.connections;
    const connections = { ...others, Decide: { main: [decide?.["main"]?.[0] ?? []] } };
    expect(faultsOf({ ...workflow, connections })).toContain("Decide: its error output leads nowhere");
  });

  it("an output that is not there", () => {
    const workflow = read("n8n/agent.json");
    const connections = {
      ...workflow.connections,
      Config: { main: [[], [{ node: "Agent", type: "main", index: 0 }]] },
    };
    expect(faultsOf({ ...workflow, connections })).toContain("Config: has no output 1");
  });
});

const twoOfOneId = (workflow: Workflow): Workflow => ({
  ...workflow,
  nodes: workflow.nodes.map((node, index) => (index === 1 ? { ...node, id: workflow.nodes[0]?.id ?? "" } : node)),
});

const withoutWebhookIds = (workflow: Workflow): Workflow => ({
  ...workflow,
  nodes: workflow.nodes.map(({ webhookId: _gone, ...node }) => node),
});
