// n8n's expressions and Code nodes, evaluated as far as a template alone can tell: its Config is known, and whatever comes from an
// alert, a tool or a model is a hole. A hole takes every property and every call, and shows as a mark once it is text.
import vm from "node:vm";
import { assignmentsOf, kinds, linksOf, type Workflow, type WorkflowNode } from "./workflow.ts";

export const mark = "\u{F8FF}";

/** No loop in a template needs longer. */
const timeoutMs = 2000;

const hole: unknown = new Proxy(() => undefined, {
  get: (_target, key) => {
    if (key === Symbol.toPrimitive) return (hint: string) => (hint === "number" ? 1 : mark);
    return key === "toJSON" ? () => mark : hole;
  },
  apply: () => hole,
  has: () => true,
});

/** The programs in one parameter: the inside of each pair of braces, ended by the first closing pair as n8n ends it. */
export const programsIn = (text: string): readonly string[] =>
  text.startsWith("=") ? [...text.matchAll(/\{\{([\s\S]*?)\}\}/g)].map(([, program]) => program ?? "") : [];

export interface Evaluator {
  /** @throws Error when it is no program, or knows a name that n8n does not */
  readonly expression: (node: WorkflowNode, text: string) => unknown;
}

export function createEvaluator(workflow: Workflow): Evaluator {
  const nodes = new Map(workflow.nodes.map((node) => [node.name, node]));
  const made = new Map<string, unknown>();

  const itemOf = (name: string): unknown => {
    const node = nodes.get(name);
    if (node === undefined) throw new Error(`no node ${name}`);
    if (name === "Config") return assignmentsOf(node);
    if (node.type !== kinds.code) return hole;
    if (!made.has(name)) made.set(name, codeItem(node));
    return made.get(name);
  };

  const before = (node: WorkflowNode): unknown => {
    const froms = linksOf(workflow).filter(({ to, type }) => to === node.name && type === "main");
    const [only, ...others] = froms.filter(({ from }) => nodes.get(from)?.type === kinds.code);
    return only !== undefined && others.length === 0 && froms.length === 1 ? itemOf(only.from) : hole;
  };

  const run = (node: WorkflowNode, program: string): unknown =>
    new vm.Script(program).runInNewContext({ ...world(itemOf), $json: before(node) }, { timeout: timeoutMs });

  const codeItem = (node: WorkflowNode): unknown => {
    const made = run(node, `(() => {${String(node.parameters["jsCode"])}\n})()`);
    const first: unknown = Array.isArray(made) ? made[0] : made;
    return typeof first === "object" && first !== null && "json" in first ? partly(first.json) : hole;
  };

  return {
    expression: (node, text) => {
      if (!text.startsWith("=")) return text;
      const [program] = /^=\{\{([\s\S]*)\}\}$/.exec(text)?.slice(1) ?? [];
      if (program !== undefined && programsIn(text).length === 1) return run(node, `(${program})`);
      return text.slice(1).replaceAll(/\{\{([\s\S]*?)\}\}/g, (_all, inner: string) => String(run(node, `(${inner})`)));
    },
  };
}

/** One way through a Code node was taken: what it did not put into its item, another way may. */
const partly = (json: unknown): unknown =>
  typeof json === "object" && json !== null
    ? new Proxy(json, { get: (target, key) => (key === "toJSON" || key in target ? Reflect.get(target, key) : hole) })
    : hole;

/** What n8n puts around a program. `$env` and `$vars` are not there: one is blocked, the other licensed. */
const world = (itemOf: (name: string) => unknown) => ({
  $: (name: string) => {
    const item = { json: itemOf(name) };
    return { first: () => item, last: () => item, item, all: () => [item], isExecuted: true };
  },
  $input: { first: () => ({ json: hole }), all: () => hole, item: { json: hole } },
  $runIndex: 0,
  $itemIndex: 0,
  $tool: hole,
  $execution: hole,
  $workflow: hole,
  $now: hole,
  $today: hole,
  $fromAI: () => hole,
  JSON: { ...jsonOfHoles },
});

const jsonOfHoles = {
  stringify: JSON.stringify,
  parse: (text: unknown): unknown => {
    if (String(text).includes(mark)) return hole;
    return JSON.parse(String(text));
  },
};
