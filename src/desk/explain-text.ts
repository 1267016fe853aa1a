// An explanation as text for a person at a terminal. Pure but for the colours, which `paint` adds where they are wanted.
import type { Decision, Reason } from "../domain/decision.ts";
import type { ExplainedCall, ExplainedRule, ExplainedStage, Explanation } from "./explain.ts";
import type { RecordExplanation } from "./explain-record.ts";
import type { Paint } from "./paint.ts";
import { quote, toCommandLine } from "./quote.ts";
import { madeVisible } from "./visible.ts";

export function renderExplanation(explanation: Explanation, paint: Paint): string {
  const said = madeVisible(explanation);
  const { call, policy, calls = [] } = said;
  const inner = calls.flatMap((one) => [
    "",
    `${paint.bold(`call ${one.number} of ${calls.length}`)}: ${callWords(one, paint)}`,
    ...understoodLines(one, paint),
    ...verdictLines(one, paint),
  ]);
  const lines = [
    callWords(said, paint),
    field("as", `${call.principal.id} (${call.principal.roles.join(", ")})`),
    ...policyLines(policy),
    ...understoodLines(said, paint),
    ...inner,
    ...(calls.length === 0 ? [] : ["", paint.bold("all together")]),
    ...verdictLines(said, paint),
  ];
  return `${lines.join("\n")}\n`;
}

const callWords = ({ call }: ExplainedCall, paint: Paint): string =>
  `${paint.bold(call.tool)} ${JSON.stringify(call.arguments)}`;

const understoodLines = ({ tokens, stages }: ExplainedCall, paint: Paint): readonly string[] => [
  ...tokens.map((words, at) => field(at === 0 ? "tokens" : "  |", words.map(quote).join(" · "))),
  ...stages.flatMap((stage) => ["", ...stageLines(stage, stages.length, paint)]),
  "",
];

const verdictLines = (said: ExplainedCall, paint: Paint): readonly string[] => [
  ...(said.effect === "allow"
    ? [paint.good("ALLOWED"), field("by", said.rules.join(", ")), ...obligationLines(said.obligations)]
    : [paint.bad(`DENIED (${said.code})`), ...said.reasons.flatMap((reason) => reasonLines(reason, paint))]),
  ...said.steps.flatMap(({ stages: argvs }) =>
    argvs.length === 0 || said.effect === "deny" ? [] : [field("runs", toCommandLine(argvs.map(({ argv }) => argv)))],
  ),
  ...changeLines(said.smallest_change, paint),
];

export function renderRecords(explanation: RecordExplanation, paint: Paint): string {
  const said = madeVisible(explanation);
  const { principal, stages } = said;
  const lines = [
    `${paint.bold(said.tool ?? "")} ${said.call_id ?? ""}`,
    field("as", `${principal?.id ?? "nobody"} (${principal?.roles.join(", ") ?? ""})`),
    ...policyLines(said.policy),
    ...stages.flatMap((stage) => [
      "",
      `${stage.file}:${stage.line}  ${stage.time}`,
      field("then", `${stage.recorded.effect ?? ""} ${stage.recorded.rules.join(", ")}`),
      ...stage.recorded.reasons.map(({ rule, message }) => field("", `${rule}: ${message}`)),
      ...("decision" in stage
        ? [field("now", decisionWords(stage.decision)), ...stageLines(stage, stages.length, paint)]
        : [field("now", `not asked: ${stage.unasked}`)]),
    ]),
    ...changeLines(said.smallest_change, paint),
  ];
  return `${lines.join("\n")}\n`;
}

const width = 13;
const field = (name: string, value: string): string => `  ${name.padEnd(width - 2)}${value}`;

const policyLines = ({ folder, revision, mode }: Explanation["policy"]): readonly string[] => [
  field("policy", `${revision} in ${folder}${mode === "normal" ? "" : `, mode ${mode}`}`),
];

const decisionWords = (decision: Decision): string =>
  decision.effect === "allow"
    ? `allow ${decision.rules.join(", ")}`
    : `deny ${[...new Set(decision.reasons.map(({ rule }) => rule))].join(", ")}`;

function stageLines({ stage, model, considered }: ExplainedStage, count: number, paint: Paint): readonly string[] {
  return [
    count === 1 ? "understood" : `understood, stage ${stage + 1} of ${count}`,
    ...modelLines(model),
    "rules considered",
    ...considered.flatMap((rule) => ruleLines(rule, paint)),
    ...(considered.length === 0 ? [field("", "none: the server answered by itself")] : []),
  ];
}

/** Facts that are there; what is empty says nothing. */
function modelLines(model: ExplainedStage["model"]): readonly string[] {
  if (model === undefined) return [field("action", "the server itself")];
  if ("operation" in model) return [field("file", `${model.operation} ${model.path}, ${model.bytes} bytes`)];
  const resources = model.resources.map((one) => {
    const kind = one.group === "" ? one.resource : `${one.resource}.${one.group}`;
    const where = one.namespace === "" ? "" : ` in ${one.namespace}`;
    return `${kind}${one.name === "" ? "" : `/${one.name}`}${where}${one.secondary ? " (besides)" : ""}`;
  });
  const facts: Readonly<Record<string, string>> = {
    command: [model.binary, ...model.verb].join(" "),
    effect: `${model.effect}${model.dry_run ? ", dry run" : ""}${model.egress ? "" : ", reaches nothing"}`,
    namespaces: model.all_namespaces ? "all" : model.namespaces.join(", "),
    resources: resources.join(", "),
    flags: Object.entries(model.flags)
      .map(([name, values]) => `${name}=${values.map(quote).join(",")}`)
      .join(" "),
    operands: model.operands.map(quote).join(" "),
    selectors: Object.entries(model.selectors)
      .map(([kind, text]) => `${kind} ${text}`)
      .join(", "),
    paths: model.paths.map(({ path, mode }) => `${path} (${mode})`).join(", "),
    urls: model.urls.map((url) => `${url.method} ${url.scheme}://${url.host}:${url.port}${url.path}`).join(", "),
    programs: model.programs.map(({ language, identifiers }) => `${language}: ${identifiers.join(" ")}`).join("; "),
    manifests: (model.manifests ?? []).map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`).join(", "),
    replicas: model.replicas === undefined ? "" : String(model.replicas),
    git: (model.git?.refs ?? []).map(({ source, destination }) => `${source} → ${destination || "nothing"}`).join(", "),
    repository: (model.repositories ?? []).join(", "),
    stdin: model.stdin.from === "none" ? "" : `from ${model.stdin.from}`,
    argv: toCommandLine([model.argv]),
  };
  return Object.entries(facts)
    .filter(([, text]) => text !== "")
    .map(([name, text]) => field(name, text));
}

function ruleLines({ rule, effect, matched, title, checks, reasons = [] }: ExplainedRule, paint: Paint) {
  const head = `${rule.padEnd(ruleWidth)} ${title}`;
  if (matched && effect === "deny") {
    return [`  ${paint.bad("✗ denies")}  ${head}`, ...reasons.map(({ message }) => `${" ".repeat(12)}${message}`)];
  }
  const failing = Object.entries(checks).filter(([, holds]) => !holds);
  const holding = Object.entries(checks).filter(([, holds]) => holds);
  if (matched) return [`  ${paint.good("✓ allows")}  ${head}`, ...checkLines(holding, "✓", paint.good)];
  if (effect === "deny") return [paint.faint(`  · silent  ${head}`)];
  return [
    `  · no       ${head}`,
    ...checkLines(failing, "✗", paint.bad),
    ...(holding.length === 0
      ? []
      : [paint.faint(`${" ".repeat(12)}holds: ${holding.map(([name]) => name).join(", ")}`)]),
  ];
}

const ruleWidth = 26;

const checkLines = (
  checks: readonly (readonly [string, boolean])[],
  sign: string,
  colour: (text: string) => string,
): readonly string[] => checks.map(([name]) => `${" ".repeat(12)}${colour(sign)} ${name.replaceAll("_", " ")}`);

const reasonLines = ({ rule, message, token, position, try: hint }: Reason, paint: Paint): readonly string[] => [
  field("because", `${paint.bold(rule)}: ${message}`),
  ...(token === undefined
    ? []
    : [
        field(
          "token",
          `${quote(token)}${position === undefined ? "" : ` (stage ${position.stage}, word ${position.index}; both from 0)`}`,
        ),
      ]),
  ...(hint === undefined ? [] : [field("try", hint)]),
];

function obligationLines(obligations: Extract<Explanation, { effect: "allow" }>["obligations"]): readonly string[] {
  const { approval, redact, ...bounds } = obligations;
  const numbers = Object.entries(bounds).filter(([, value]) => value !== undefined);
  return [
    ...(approval === undefined
      ? []
      : [field("approval", `a person with the role ${approval.roles.join(" or ")}, within ${approval.expires_s} s`)]),
    field("bounds", numbers.map(([name, value]) => `${name}=${String(value)}`).join(" ")),
    ...(redact.length === 0 ? [] : [field("redacts", redact.join(", "))]),
  ];
}

function changeLines(search: Explanation["smallest_change"], paint: Paint): readonly string[] {
  if (search === undefined) return [];
  if (search.found.length === 0) {
    return ["", `no call that is a little other is allowed (${search.tried} were judged)`];
  }
  return [
    "",
    `smallest change that is allowed (${search.tried} calls were judged)`,
    ...search.found.flatMap(({ edits, runs, rules = [], approval }) => [
      `  ${paint.good("→")} ${edits.join("; ")}`,
      ...runs.map((line) => field("  runs", line)),
      field(
        "  by",
        `${rules.join(", ")}${approval === undefined ? "" : `, once ${approval.roles.join(" or ")} approved`}`,
      ),
    ]),
  ];
}
