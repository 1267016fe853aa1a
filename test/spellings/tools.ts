// The same call through another door of the catalog: a typed tool as cli_tool, cli_tool as a typed tool, arguments in another
// order, and with what n8n merges into them.
import { type Call, stagesOf } from "./call.ts";
import { type FlagPart, takeApart } from "./parts.ts";
import type { Transformation } from "./transformation.ts";

interface Form {
  readonly words: string;
  /** Arguments that are operands, in order. */
  readonly operands: readonly string[];
  readonly flags: Readonly<Record<string, string>>;
}

const inNamespace = { namespace: "--namespace" };
const object = ["resource", "name"];

/** How each typed tool would be said in words. Of those whose argv is no more than their arguments. */
const forms: ReadonlyMap<string, Form> = new Map<string, Form>(
  Object.entries({
    kubectl_get: {
      words: "kubectl get",
      operands: object,
      flags: { ...inNamespace, selector: "--selector", field_selector: "--field-selector", output: "--output" },
    },
    kubectl_describe: { words: "kubectl describe", operands: object, flags: inNamespace },
    kubectl_logs: {
      words: "kubectl logs",
      operands: ["name"],
      flags: { ...inNamespace, container: "--container", tail: "--tail", since: "--since" },
    },
    kubectl_top: { words: "kubectl top", operands: object, flags: { ...inNamespace, selector: "--selector" } },
    kubectl_rollout_status: { words: "kubectl rollout status", operands: object, flags: inNamespace },
    kubectl_rollout_history: { words: "kubectl rollout history", operands: object, flags: inNamespace },
    kubectl_rollout_restart: { words: "kubectl rollout restart", operands: object, flags: inNamespace },
    kubectl_rollout_undo: {
      words: "kubectl rollout undo",
      operands: object,
      flags: { ...inNamespace, to_revision: "--to-revision" },
    },
    kubectl_scale: { words: "kubectl scale", operands: object, flags: { ...inNamespace, replicas: "--replicas" } },
    kubectl_delete_pod: { words: "kubectl delete pod", operands: ["name"], flags: inNamespace },
    helm_list: { words: "helm list", operands: [], flags: inNamespace },
    helm_status: { words: "helm status", operands: ["release"], flags: inNamespace },
    helm_history: { words: "helm history", operands: ["release"], flags: inNamespace },
    helm_rollback: { words: "helm rollback", operands: ["release", "revision"], flags: inNamespace },
    flux_reconcile: { words: "flux reconcile", operands: ["kind", "name"], flags: inNamespace },
    flux_suspend: { words: "flux suspend", operands: ["kind", "name"], flags: inNamespace },
    flux_resume: { words: "flux resume", operands: ["kind", "name"], flags: inNamespace },
    git_log: { words: "git log", operands: ["ref"], flags: { limit: "--max-count" } },
    git_diff: { words: "git diff", operands: ["base"], flags: {} },
    gh_pr_view: { words: "gh pr view", operands: ["number"], flags: {} },
    gh_pr_checks: { words: "gh pr checks", operands: ["number"], flags: {} },
    gh_pr_list: { words: "gh pr list", operands: [], flags: { limit: "--limit" } },
    gh_run_list: { words: "gh run list", operands: [], flags: { limit: "--limit" } },
  }),
);

const inWords: Transformation = {
  name: "a typed tool in words",
  atLeast: 60,
  of: ({ tool, arguments: own }) => {
    const form = forms.get(tool);
    if (form === undefined || !Object.entries(own).every(([name, value]) => isSayable(form, name, value))) return [];
    const textOf = (name: string) => [own[name]].filter(isText).map(String);
    const operands = form.operands.flatMap(textOf);
    const flags = Object.entries(form.flags).flatMap(([name, flag]) =>
      textOf(name).map((text) => [flag, text] as const),
    );
    const words = form.words.split(" ");
    const ways = [
      [...words, ...operands, ...flags.map((flag) => flag.join("="))],
      [...words, ...flags.flat(), ...operands],
    ];
    return ways.map((argv) => ({ call: { tool: "cli_tool", arguments: { argv } }, same: false }));
  },
};

const isSayable = ({ operands, flags }: Form, name: string, value: unknown): boolean =>
  (operands.includes(name) || Object.hasOwn(flags, name)) && isText(value);

const isText = (value: unknown): value is string | number => typeof value === "string" || typeof value === "number";

const byTypedTool: Transformation = {
  name: "words by a typed tool",
  atLeast: 170,
  of: (call) => {
    const [words, ...more] = stagesOf(call) ?? [];
    const stage = more.length === 0 && words !== undefined ? takeApart(words) : undefined;
    if (stage === undefined || stage.parts.some(({ kind }) => kind === "after-dash")) return [];
    const said = stage.parts.flatMap((part) => (part.kind === "verb" || part.kind === "operand" ? [part.text] : []));
    const flags = stage.parts.filter((part) => part.kind === "flag");
    return [...forms].flatMap(([tool, form]): { call: Call; same: boolean }[] => {
      const [binary, ...verb] = form.words.split(" ");
      if (stage.binary !== binary || !verb.every((word, at) => said[at] === word)) return [];
      const operands = said.slice(verb.length).flatMap((text) => (form.operands.length > 1 ? text.split("/") : [text]));
      const given = flags.map((part) => [argumentOf(part, form), part.values[0] ?? ""] as const);
      if (operands.length > form.operands.length || given.some(([name]) => name === undefined)) return [];
      const texts = [...operands.map((text, at) => [form.operands[at] ?? "", text] as const), ...given];
      const { argv: _argv, command: _command, ...rest } = call.arguments;
      return [texts, texts.map(([name, text]) => [name, asNumber(text)] as const)].map((entries) => ({
        call: { tool, arguments: { ...Object.fromEntries(entries), ...rest } },
        same: false,
      }));
    });
  },
};

const argumentOf = ({ flag, spelled }: FlagPart, { flags }: Form): string | undefined =>
  Object.entries(flags).find(([, name]) => [spelled, ...(flag?.names ?? [])].includes(name))?.[0];

const asNumber = (text: string): string | number => (/^-?[0-9]{1,9}$/.test(text) ? Number(text) : text);

const otherOrder: Transformation = {
  name: "arguments in another order",
  atLeast: 120,
  of: ({ tool, arguments: own }) => {
    const entries = Object.entries(own);
    return entries.length < 2
      ? []
      : [{ call: { tool, arguments: Object.fromEntries(entries.toReversed()) }, same: true }];
  },
};

const n8nExtras: Transformation = {
  name: "n8n's extras",
  atLeast: 800,
  of: ({ tool, arguments: own }) => [
    {
      call: {
        tool,
        arguments: { sessionId: "s", action: "sendMessage", chatInput: "hi", ...own, toolCallId: "c", headers: {} },
      },
      same: true,
    },
  ],
};

export const tools: readonly Transformation[] = [inWords, byTypedTool, otherOrder, n8nExtras];
