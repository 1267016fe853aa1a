// The nearest form that a refusal offers must be one that this caller can take. Grammar and policy write hints as prose, and know
// neither the site's tools nor the caller's roles together: what a hint names is judged here, and left out where it is denied.
// Called by the gate and by the desk for refusals; memories belong to one policy and go with it.
import type { ParseSettings } from "../domain/command.ts";
import type { Reason } from "../domain/decision.ts";
import { createMemo, type Memo } from "../domain/memo.ts";
import type { PolicyDecisionPoint } from "../domain/ports.ts";
import type { ToolCall } from "../domain/tool-call.ts";
import { grammarOf } from "../command/grammar/grammars.ts";
import { findTool } from "../tools/catalog.ts";
import { assumedObservation } from "./assume.ts";
import { type Judgement, judge } from "./judge.ts";

type Ports = { readonly policy: PolicyDecisionPoint; readonly settings: ParseSettings };

/** The judgement with hints that can be followed; one without hints stays the same object. */
export function withHints<J extends Judgement>(judgement: J, call: ToolCall, ports: Ports): J {
  if (judgement.kind === "refused") return { ...judgement, reason: followable(judgement.reason, call, ports) };
  const { decision } = judgement;
  if (decision.effect === "allow") return judgement;
  const reasons = decision.reasons.map((reason) => followable(reason, call, ports));
  return { ...judgement, decision: { effect: "deny", reasons } };
}

function followable(reason: Reason, call: ToolCall, ports: Ports): Reason {
  const { try: hint, ...rest } = reason;
  if (hint === undefined) return reason;
  const parts = hint.split(alternatives);
  const good = parts.filter((part) => !isForm(part) || canFollow(part, call, ports));
  if (good.length === parts.length) return reason;
  return good.length === 0 ? rest : { ...rest, try: good.join(", ") };
}

const alternatives = /, (?:or |then )?| or /;

/** A tool by its name, or a binary with a verb of its own; anything else is advice. */
const isForm = (part: string): boolean => toolIn(part) !== undefined || verbIn(part) !== undefined;

function toolIn(part: string): string | undefined {
  const [word = ""] = part.split(" ");
  return word.includes("_") && findTool(word) !== undefined ? word : undefined;
}

function verbIn(part: string): string | undefined {
  const [binary = "", ...words] = part.split(" ");
  const verbs = grammarOf(binary)?.verbs.map(({ verb }) => verb.join(" ")) ?? [];
  return verbs.find((verb) => verb !== "" && (words.join(" ") === verb || words.join(" ").startsWith(`${verb} `)));
}

/** What stands for the words that a hint leaves open. */
const fillings = [
  { TYPE: "pods", KIND: "kustomizations", "…": "x" },
  { TYPE: "deployments", KIND: "sources git", "…": "ai-sre/x" },
] as const;

/** What a verb may want behind it, where a hint names nothing but the verb. */
const behind = ["", "pods", "web", "pods web", "deployments web", "deployments web --replicas=1", "web 1", "1"].concat([
  "kustomization web",
  "--message=x",
  "-- web",
  "-f -",
]);
const manifest = JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web" }, data: { a: "b" } });

/** Answers that are remembered for one policy: hints are few, and what a caller wrote into one is short. */
const [maxAnswers, maxKeyChars] = [1024, 512];

const memories = new WeakMap<PolicyDecisionPoint, Memo<{ readonly isAllowed: boolean }>>();

function canFollow(part: string, call: ToolCall, ports: Ports): boolean {
  const { policy } = ports;
  const { principal } = call;
  const tool = toolIn(part);
  if (tool !== undefined) return policy.visible(principal).has(tool);
  const memory = memories.get(policy) ?? createMemo(maxAnswers, maxKeyChars);
  memories.set(policy, memory);
  const key = JSON.stringify([part, principal.id, principal.roles]);
  const known = memory.get(key) ?? { isAllowed: commandsOf(part).some((command) => isAllowed(command, call, ports)) };
  memory.set(key, known);
  return known.isAllowed;
}

function commandsOf(part: string): readonly string[] {
  // Prose may stand behind a form: `kubectl apply -f - with the manifest …`.
  const [form = ""] = part.split(/ (?:with|to|shows|that|where) /);
  const forms = fillings.map((filling) =>
    Object.entries({ ...filling, REVISION: "1" })
      .reduce((text, [word, value]) => text.replaceAll(word, value), form)
      .replaceAll(/\b[A-Z]{3,}\b(?!=)/g, "web"),
  );
  return forms.flatMap((text) => behind.map((words) => `${text} ${words}`));
}

function isAllowed(command: string, call: ToolCall, { policy, settings }: Ports): boolean {
  const stdin = command.includes(" -f -") ? { stdin: manifest } : {};
  const assumed = { serverUrl: "https://github.com", ...settings.git };
  const asked = { ...call, tool: "cli_tool", arguments: { command, ...stdin } };
  // Nobody made this call: neither the shadow nor a count may hear of it.
  const asking: Pick<PolicyDecisionPoint, "decide"> = { decide: (question) => policy.probe(question) };
  const judgement = judge(asked, asking, settings, assumedObservation(assumed));
  return judgement.kind === "judged" && judgement.decision.effect === "allow";
}
