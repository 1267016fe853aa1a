// Calls that are a little other than one that was denied: the candidates among which smallest-change.ts looks for one that the
// policy allows. Whatever they are made of (the policy's own hints, site data, the grammar), only the policy's word counts.
import { grammarOf } from "../command/grammar/grammars.ts";
import { tokenize } from "../command/tokenize.ts";
import type { Command, Effect } from "../domain/command.ts";
import type { Reason } from "../domain/decision.ts";
import { roles } from "../domain/principal.ts";
import type { Judgement } from "../gate/judge.ts";
import type { SiteData } from "../policy/site-data.ts";
import type { Asked } from "./asked.ts";
import { toCommandLine } from "./quote.ts";

export interface Edit {
  /** What is changed, as an instruction. */
  readonly words: string;
  /** The smaller, the sooner it is shown: a flag is less than a namespace, a namespace less than a verb or a role. */
  readonly weight: number;
  readonly asked: Asked;
  /** Another verb must be about the same objects; else it is another question. */
  readonly sameObjects?: true;
}

type Stages = readonly (readonly string[])[];
interface WordEdit extends Omit<Edit, "asked"> {
  readonly stages: Stages;
}

/** Every candidate, lightest first. Bounded by the words of the call and the lists of the site. */
export function editsOf(asked: Asked, judgement: Judgement, site: SiteData): readonly Edit[] {
  const reasons = reasonsOf(judgement);
  const edits = [
    ...(asked.tool === "cli_tool"
      ? commandEdits(asked, judgement, reasons, site)
      : argumentEdits(asked, reasons, site)),
    ...roleEdits(asked),
  ];
  return edits.toSorted((left, right) => left.weight - right.weight);
}

export const reasonsOf = (judgement: Judgement): readonly Reason[] => {
  if (judgement.kind === "refused") return [judgement.reason];
  return judgement.decision.effect === "deny" ? judgement.decision.reasons : [];
};

function commandEdits(asked: Asked, judgement: Judgement, reasons: readonly Reason[], site: SiteData): readonly Edit[] {
  const given = argumentsOf(asked);
  const commands = judgement.kind === "judged" ? (judgement.plan.steps[0]?.stages ?? []) : [];
  const stages = commands.length > 0 ? commands.map(({ argv }) => argv) : tokensOf(given);
  const { command: _line, argv: _list, ...rest } = given;
  const toEdit = ({ stages: next, ...edit }: WordEdit): Edit => ({
    ...edit,
    asked: { ...asked, arguments: { ...rest, command: toCommandLine(next) } },
  });
  const words = stages.flatMap((argv, stage) => {
    const replace = wordReplacer(stages, stage);
    return [
      ...argv.flatMap((word, index) => (index === 0 ? [] : wordEdits(word, index, replace, site))),
      ...hintEdits(argv, reasons, replace),
      ...verbEdits(argv, commands[stage], replace),
    ];
  });
  return [...words, ...stageEdits(stages)].map(toEdit);
}

/** Puts other words in the place of one. */
type Replace = (index: number, count: number, next: readonly string[]) => Stages;

const wordReplacer =
  (stages: Stages, stage: number): Replace =>
  (index, count, next) =>
    stages.map((argv, at) => (at === stage ? argv.toSpliced(index, count, ...next) : argv));

function wordEdits(word: string, index: number, replace: Replace, site: SiteData): readonly WordEdit[] {
  if (!word.startsWith("-")) return [];
  const [name = "", value] = word.split("=", 2);
  const others = (values: readonly string[], weight: number) =>
    values
      .filter((other) => other !== value)
      .map((other) => ({
        words: `${name}=${other} instead of ${word}`,
        weight,
        stages: replace(index, 1, [`${name}=${other}`]),
      }));
  if (name === "--namespace") return others(site.namespaces, 2);
  if (name === "--repo") return others(site.repositories, 2);
  if (name === "--replicas") return others(["1", String(site.max_replicas)], 2);
  if (name === "--all-namespaces") {
    return site.namespaces.map((namespace) => ({
      words: `--namespace=${namespace} instead of ${word}`,
      weight: 2,
      stages: replace(index, 1, [`--namespace=${namespace}`]),
    }));
  }
  return [{ words: `without ${word}`, weight: 1, stages: replace(index, 1, []) }];
}

/** Plain words of the policy's own hints, in the place of the token that they are about. */
function hintEdits(argv: readonly string[], reasons: readonly Reason[], replace: Replace): readonly WordEdit[] {
  return reasons.flatMap(({ token, try: hint = "" }) => {
    const index = token === undefined ? -1 : argv.findIndex((word) => holds(word, token));
    const word = argv[index];
    if (token === undefined || word === undefined || index === 0) return [];
    return [
      ...hintedWords(hint, argv[0])
        .filter((other) => other !== token)
        .map((other) => {
          const next = other.startsWith("-") ? other : word.replace(token, other);
          return { words: `${next} instead of ${word}`, weight: 3, stages: replace(index, 1, [next]) };
        }),
      { words: `without ${word}`, weight: 4, stages: replace(index, 1, []) },
    ];
  });
}

const holds = (word: string, token: string): boolean => word === token || word.split(/[=,/]/).includes(token);

/** Longest list of hints that is tried. */
const maxHints = 24;
/** `a, b or c` → a, b, c; of `kubectl get configmaps` the last word. */
const hintedWords = (hint: string, binary = ""): readonly string[] =>
  hint
    .split(/,?\s+or\s+|,\s*/)
    .map((piece) => (piece.startsWith(`${binary} `) ? (piece.split(" ").at(-1) ?? "") : piece))
    .filter((word) => /^[\w@%+=:./-]+$/.test(word))
    .slice(0, maxHints);

/** Other verbs of the same binary, none of them weightier. */
function verbEdits(argv: readonly string[], command: Command | undefined, replace: Replace): readonly WordEdit[] {
  if (command === undefined || command.verb.length === 0) return [];
  const verbs = grammarOf(command.binary)?.verbs ?? [];
  // What the renderer adds to this verb may be no word of another.
  const own = verbs.find(({ verb }) => verb.join(" ") === command.verb.join(" "))?.pins ?? {};
  const isPin = (word: string): boolean => Object.entries(own).some(([name, value]) => word === `${name}=${value}`);
  const operands = argv.slice(1 + command.verb.length).filter((word) => !isPin(word));
  return verbs
    .filter(({ verb, effect }) => verb.length > 0 && weightOf(effect) <= weightOf(command.effect))
    .filter(({ verb }) => verb.join(" ") !== command.verb.join(" "))
    .map(({ verb, effect }) => ({
      words: `${argv[0]} ${verb.join(" ")} instead of ${argv[0]} ${command.verb.join(" ")}`,
      weight: effect === command.effect ? 6 : 7,
      sameObjects: true,
      stages: replace(1, argv.length - 1, [...verb, ...operands]),
    }));
}

/** Without one of the later stages of a pipeline. */
const stageEdits = (stages: Stages): readonly WordEdit[] =>
  stages.slice(1).map((argv, index) => ({
    words: `without the stage ${argv[0]}`,
    weight: 4,
    stages: stages.toSpliced(index + 1, 1),
  }));

function argumentEdits(asked: Asked, reasons: readonly Reason[], site: SiteData): readonly Edit[] {
  const given = argumentsOf(asked);
  const withArgument = (words: string, weight: number, own: object): Edit => ({
    words,
    weight,
    asked: { ...asked, arguments: own },
  });
  return Object.entries(given).flatMap(([name, value]) => {
    const { [name]: _gone, ...rest } = given;
    const others = (values: readonly (string | number)[], weight: number) =>
      values
        .filter((other) => other !== value)
        .map((other) =>
          withArgument(`${name}=${other} instead of ${name}=${String(value)}`, weight, { ...given, [name]: other }),
        );
    // An unknown argument is another one, misspelt: without it the call would mean something else.
    const meant = reasons.find((reason) => reason.token === name)?.try;
    if (meant !== undefined && /^[a-z_]+$/.test(meant) && !Object.hasOwn(given, meant))
      return [withArgument(`${meant} instead of ${name}`, 1, { ...rest, [meant]: value })];
    const hinted = reasons
      .filter(({ token }) => typeof value === "string" && token !== undefined && holds(value, token))
      .flatMap(({ try: hint = "" }) => others(hintedWords(hint), 3));
    const known = name === "namespace" ? others(site.namespaces, 2) : [];
    const counts = name === "replicas" ? others([1, site.max_replicas], 2) : [];
    return [withArgument(`without ${name}`, 1, rest), ...known, ...counts, ...hinted];
  });
}

/** The same call by somebody who holds one other role. */
const roleEdits = (asked: Asked): readonly Edit[] =>
  roles
    .filter((role) => !asked.principal.roles.includes(role))
    .map((role) => ({
      words: `as role ${role}`,
      weight: role === "admin" ? 9 : 5,
      asked: { ...asked, principal: { ...asked.principal, roles: [role] } },
    }));

export const weightOf = (effect: Effect): number => ["read", "workspace", "write", "destructive"].indexOf(effect);

function argumentsOf({ arguments: raw }: Asked): Readonly<Record<string, unknown>> {
  return typeof raw === "object" && raw !== null && !Array.isArray(raw) ? { ...raw } : {};
}

/** The words of a `cli_tool` call as it was sent; none where they cannot be split. */
export function tokensOf({ command, argv }: Readonly<Record<string, unknown>>): Stages {
  if (typeof command === "string") {
    const split = tokenize(command);
    return split.ok ? split.value.map((stage) => stage.map(({ text }) => text)) : [];
  }
  return Array.isArray(argv) && argv.every((word) => typeof word === "string") ? [argv] : [];
}
