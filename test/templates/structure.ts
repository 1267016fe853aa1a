// What is wrong with a template that can be seen without n8n: names, ids, links, error outputs, expressions, secrets. Returns
// sentences, none when all is well; knows no tool of ours (tool-calls.ts) and no parameter of n8n's (catalogue.ts).
import vm from "node:vm";
import { credentialKinds } from "../../src/redaction/credential-kinds.ts";
import { createEvaluator, programsIn } from "./expressions.ts";
import { assignmentsOf, kinds, linksOf, textsIn, type Workflow, type WorkflowNode } from "./workflow.ts";

/** Properties that n8n lets no expression have. */
const shut = /\.(arguments|caller|callee|prototype|constructor|__proto__)\b/g;

/** n8n's column holds no more. */
const maxIdLength = 21;

export const structureFaults = (workflow: Workflow): readonly string[] => [
  ...idFaults(workflow),
  ...linkFaults(workflow),
  ...workflow.nodes.flatMap((node) => [
    ...errorFaults(workflow, node),
    ...unreadFaults(workflow, node),
    ...expressionFaults(workflow, node),
    ...(node.disabled === true ? [`${node.name}: is disabled`] : []),
  ]),
  ...secretFaults(workflow),
];

const twice = (values: readonly string[]): readonly string[] =>
  values.filter((value, index) => values.indexOf(value) !== index);

function idFaults({ id, active, nodes, ...others }: Workflow): readonly string[] {
  const webhooks = nodes.filter(needsWebhookId);
  return [
    ...(id.length > maxIdLength || !/^[\w-]+$/.test(id) ? [`workflow id ${id} is no id of at most 21 characters`] : []),
    ...(active === true ? ["an imported workflow must not be active"] : []),
    ...["pinData", "staticData", "meta", "versionId"].filter((key) => key in others).map((key) => `holds ${key}`),
    ...twice(nodes.map((node) => node.name)).map((name) => `two nodes are called ${name}`),
    ...twice(nodes.map((node) => node.id)).map((same) => `two nodes have the id ${same}`),
    ...twice(nodes.flatMap(({ webhookId }) => webhookId ?? [])).map((same) => `two nodes have the webhookId ${same}`),
    ...webhooks.filter(({ webhookId }) => webhookId === undefined).map(({ name }) => `${name}: has no webhookId`),
  ];
}

/** Nodes that n8n calls back. */
const needsWebhookId = ({ type, parameters }: WorkflowNode): boolean =>
  /\.(webhook|chatTrigger|telegramTrigger|wait|\w+HitlTool)$/.test(type) || parameters["operation"] === "sendAndWait";

function linkFaults(workflow: Workflow): readonly string[] {
  const names = new Set(workflow.nodes.map(({ name }) => name));
  const links = linksOf(workflow);
  const alone = workflow.nodes.filter(
    ({ name, type }) => type !== kinds.note && !links.some(({ from, to }) => from === name || to === name),
  );
  return [
    ...Object.keys(workflow.connections)
      .filter((name) => !names.has(name))
      .map((name) => `a connection leaves ${name}, which is not there`),
    ...links
      .filter(({ to }) => !names.has(to))
      .map(({ from, to }) => `${from}: is connected to ${to}, which is not there`),
    ...workflow.nodes.flatMap((node) =>
      links
        .filter(({ from, type, output }) => from === node.name && type === "main" && output >= outputsOf(node))
        .map(({ output }) => `${node.name}: has no output ${output}`),
    ),
    ...alone.map(({ name }) => `${name}: is connected to nothing`),
  ];
}

/** Without the output for errors. */
function ownOutputs({ type, parameters }: WorkflowNode): number {
  if (type === "n8n-nodes-base.if" || type === "n8n-nodes-base.splitInBatches") return 2;
  if (type !== "n8n-nodes-base.switch") return 1;
  const { rules, options } = parameters;
  const values: unknown = typeof rules === "object" && rules !== null && "values" in rules ? rules.values : [];
  const extra = JSON.stringify(options ?? {}).includes('"fallbackOutput":"extra"') ? 1 : 0;
  return (Array.isArray(values) ? values.length : 0) + extra;
}

const outputsOf = (node: WorkflowNode): number => ownOutputs(node) + (node.onError === "continueErrorOutput" ? 1 : 0);

/** An error that goes on as if it were a result, or into nothing, is one that nobody hears of. */
function errorFaults(workflow: Workflow, node: WorkflowNode): readonly string[] {
  if (node.onError === "continueRegularOutput") return [`${node.name}: passes an error on as a result`];
  if (node.onError !== "continueErrorOutput") return [];
  const output = ownOutputs(node);
  return linksOf(workflow).some(({ from, type, output: at }) => from === node.name && type === "main" && at === output)
    ? []
    : [`${node.name}: its error output leads nowhere`];
}

/**
 * When n8n cannot ask at all (no server, a wrong key), it hands on what went into the node as if that were the answer, error output
 * or not: whatever follows has to look for an answer of AI SRE's own.
 */
const unreadFaults = (workflow: Workflow, node: WorkflowNode): readonly string[] =>
  node.type !== kinds.mcp
    ? []
    : linksOf(workflow)
        .filter(({ from, type, output }) => from === node.name && type === "main" && output === 0)
        .filter(({ to }) => !looksAtAnswer(workflow, to))
        .map(({ to }) => `${node.name}: ${to} takes whatever comes for an answer of AI SRE`);

/** Several calls in a row are looked at together. */
const looksAtAnswer = ({ nodes }: Workflow, name: string): boolean =>
  nodes.some(
    (node) =>
      node.name === name &&
      (node.type === kinds.mcp || /structuredContent(\?\.| !== undefined)/.test(JSON.stringify(node.parameters))),
  );

function expressionFaults(workflow: Workflow, node: WorkflowNode): readonly string[] {
  const texts = [...textsIn(node.parameters)];
  const config = workflow.nodes.find(({ name }) => name === "Config");
  const settings = new Set(config === undefined ? [] : Object.keys(assignmentsOf(config)));
  const evaluator = createEvaluator(workflow);
  return texts.flatMap(([way, text]) => {
    const isCode = node.type === kinds.code && way === "jsCode";
    if (!isCode && !text.startsWith("=")) return [];
    const at = `${node.name}: ${way}`;
    return [
      ...[...text.matchAll(/\$(env|vars|secrets)\b/g)].map(([name]) => `${at}: ${name} is not to be had in n8n`),
      ...[...text.matchAll(/\$\('Config'\)\.first\(\)\.json\.(\w+)/g)]
        .filter(([, name]) => !settings.has(name ?? ""))
        .map(([, name]) => `${at}: Config has no ${name}`),
      ...[...text.matchAll(/\$\(\s*(["'])(.*?)\1\s*\)/g)]
        .filter(([, , name]) => !workflow.nodes.some((other) => other.name === name))
        .map(([, , name]) => `${at}: no node ${name}`),
      ...(isCode ? [] : programsIn(text).flatMap((program) => [...program.matchAll(shut)])).map(
        ([name]) => `${at}: n8n lets no expression have ${name}`,
      ),
      ...(isCode
        ? syntaxFaults(at, `(async () => {${text}\n})`)
        : programsIn(text).flatMap((p) => syntaxFaults(at, `(${p})`))),
      ...(isCode ? [] : thrown(at, () => evaluator.expression(node, text))),
    ];
  });
}

const syntaxFaults = (at: string, program: string): readonly string[] => thrown(at, () => new vm.Script(program));

function thrown(at: string, run: () => unknown): readonly string[] {
  try {
    run();
    return [];
  } catch (error) {
    return [`${at}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

const secretFaults = (workflow: Workflow): readonly string[] =>
  [...textsIn(workflow)].flatMap(([way, text]) =>
    credentialKinds([text]).map((kind) => `${way}: holds what looks like ${kind}`),
  );
