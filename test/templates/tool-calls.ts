// The calls of AI SRE in a template, held to the tools themselves: each tool is there, and its arguments pass the tool's own
// schema, with holes filled by whatever fits. Returns sentences; knows nothing of n8n but its two MCP nodes.
import { findTool } from "../../src/tools/catalog.ts";
import type { Tool } from "../../src/tools/tool.ts";
import { createEvaluator, mark } from "./expressions.ts";
import { isReview, kinds, linksOf, type Workflow, type WorkflowNode } from "./workflow.ts";

/** What a hole may stand for: a name, a number, a flag, a commit, a verdict. */
const fillings: readonly unknown[] = ["web", 1, true, "a".repeat(40), "approve", "deployments", [], {}];

export const toolFaults = (workflow: Workflow): readonly string[] =>
  workflow.nodes.flatMap((node) => {
    if (node.type === kinds.mcp) return [...callFaults(workflow, node), ...keyFaults(workflow, node)];
    return node.type === kinds.mcpTool ? [...offerFaults(workflow, node), ...keyFaults(workflow, node)] : [];
  });

const asRecord = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;

/** Undefined: known only when it runs. */
function toolNameOf(workflow: Workflow, node: WorkflowNode): string | undefined {
  const value = asRecord(node.parameters["tool"])?.["value"];
  const evaluated = createEvaluator(workflow).expression(node, typeof value === "string" ? value : "");
  return String(evaluated).includes(mark) ? undefined : String(evaluated);
}

function callFaults(workflow: Workflow, node: WorkflowNode): readonly string[] {
  const name = toolNameOf(workflow, node);
  const own = argumentsOf(workflow, node);
  if (typeof own === "string") return [`${node.name}: ${own}`];
  return name === undefined || own === undefined
    ? []
    : argumentFaults(name, own).map((fault) => `${node.name}: ${fault}`);
}

/** Undefined: known only when it runs. A text says what is wrong with the way they are given. */
function argumentsOf(workflow: Workflow, node: WorkflowNode): Readonly<Record<string, unknown>> | string | undefined {
  const { inputMode, jsonInput, parameters } = node.parameters;
  const evaluator = createEvaluator(workflow);
  const evaluate = (value: unknown): unknown => (typeof value === "string" ? evaluator.expression(node, value) : value);
  if (inputMode !== "json") {
    const given = asRecord(asRecord(parameters)?.["value"]) ?? {};
    return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, evaluate(value)]));
  }
  const text = typeof jsonInput === "string" ? jsonInput : "";
  if (text.startsWith("=") && !/^=\{\{\s*JSON\.stringify\(/.test(text))
    return "its JSON is pasted together: text from outside could break out of it; use JSON.stringify";
  try {
    const value = evaluate(text);
    const read: unknown = typeof value === "string" ? JSON.parse(value) : value;
    return read === mark ? undefined : (asRecord(read) ?? "its arguments are no object");
  } catch (error) {
    return `its arguments: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** One call's; of run_batch and preflight those of the calls in it too. */
export function argumentFaults(name: string, own: Readonly<Record<string, unknown>>): readonly string[] {
  const tool = findTool(name);
  if (tool === undefined) return [`no tool ${name}`];
  const inner = Array.isArray(own["steps"]) ? own["steps"] : [own];
  return [
    ...schemaFaults(tool, own),
    ...inner.flatMap((step: unknown) => {
      const { tool_name: called, arguments: given } = asRecord(step) ?? {};
      return typeof called === "string" && !called.includes(mark)
        ? argumentFaults(called, asRecord(given) ?? {}).map((fault) => `${called}: ${fault}`)
        : [];
    }),
  ];
}

function schemaFaults(tool: Tool, own: Readonly<Record<string, unknown>>): readonly string[] {
  const attempts = new Map<string, number>();
  for (;;) {
    const read = tool.read(asRecord(filled(own, attempts)) ?? {});
    if (!("error" in read)) return [];
    const { issues } = read.error;
    const holes = issues.map(({ path }) => ({ way: path.join("."), value: at(own, path) }));
    const stuck = issues.filter((_issue, index) => {
      const { way, value } = holes[index] ?? {};
      return value !== mark || (attempts.get(way ?? "") ?? 0) + 1 >= fillings.length;
    });
    if (stuck.length > 0) return stuck.map(({ path, message }) => `${path.join(".")}: ${message}`);
    for (const { way } of holes) attempts.set(way, (attempts.get(way) ?? 0) + 1);
  }
}

function filled(
  value: unknown,
  attempts: ReadonlyMap<string, number>,
  way: readonly (string | number)[] = [],
): unknown {
  if (value === mark) return fillings[attempts.get(way.join(".")) ?? 0];
  if (typeof value === "string")
    return value.replaceAll(mark, "web").replaceAll(/\{\{step\.\d+\.commit\}\}/g, "a".repeat(40));
  if (Array.isArray(value)) return value.map((inner, index) => filled(inner, attempts, [...way, index]));
  const record = asRecord(value);
  return record === undefined
    ? value
    : Object.fromEntries(Object.entries(record).map(([key, inner]) => [key, filled(inner, attempts, [...way, key])]));
}

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );

/** What an agent is offered: named one by one, there, and what changes something only behind a person. */
function offerFaults(workflow: Workflow, node: WorkflowNode): readonly string[] {
  const { include, includeTools } = node.parameters;
  const offered = Array.isArray(includeTools) ? includeTools.map(String) : [];
  if (include !== "selected" || offered.length === 0) return [`${node.name}: offers every tool; select them`];
  const ends = linksOf(workflow).filter(({ from, type }) => from === node.name && type === "ai_tool");
  const isReviewed = ends.every(({ to }) => workflow.nodes.some((other) => other.name === to && isReview(other)));
  return offered.flatMap((name) => {
    const tool = findTool(name);
    if (tool === undefined) return [`${node.name}: no tool ${name}`];
    if (name === "approval_decide") return [`${node.name}: an agent must not decide its own requests`];
    return tool.annotations.readOnlyHint || isReviewed
      ? []
      : [`${node.name}: ${name} reaches an agent without a review`];
  });
}

/** The approver's key decides and does nothing else; no other key decides. */
function keyFaults(workflow: Workflow, node: WorkflowNode): readonly string[] {
  const keys = Object.values(node.credentials ?? {}).map(({ name }) => name);
  const isApprover = keys.some((name) => /approver/i.test(name));
  const decides = node.type === kinds.mcp && toolNameOf(workflow, node) === "approval_decide";
  if (keys.length === 0) return [`${node.name}: calls AI SRE without a key`];
  return isApprover === decides
    ? []
    : [`${node.name}: ${decides ? "decides with" : "calls with"} the key ${keys.join()}`];
}
