// One stage of tokens → one frozen Command, or the reason why not.
import type { Command, GitDefaults, ResourceReference, StandardInput } from "../domain/command.ts";
import { badCharacter } from "./characters.ts";
import { findVerb, type FoundVerb } from "./find-verb.ts";
import { deepFreeze, nullPrototype } from "./freeze.ts";
import { grammarOf, grammars } from "./grammar/grammars.ts";
import type { Grammar, VerbGrammar } from "./grammar/types.ts";
import type { KindTable } from "./kubectl/resources.ts";
import { nearest } from "./nearest.ts";
import { readOperands } from "./operands.ts";
import type { OperandFacts } from "./operands/facts.ts";
import { help, printsAlone } from "./printed.ts";
import { listJqIdentifiers } from "./programs/jq.ts";
import { templateOf } from "./programs/templates.ts";
import { type ReadFlags, readFlags } from "./read-flags.ts";
import { accept, refuse, type Result, type Token } from "./refusal.ts";
import { render } from "./render.ts";

/** Largest token, bytes; a program may be twice as long. */
const maxTokenBytes = 8 * 1024;
const maxProgramBytes = 16 * 1024;

export interface CommandContext {
  readonly defaultNamespace: string;
  readonly fluxNamespace: string;
  readonly kinds: KindTable;
  readonly stdin: StandardInput;
  /** The caller's standard input, at the stage that gets it. */
  readonly stdinText?: string | undefined;
  /** What git and gh commands mean when they name no repository and no branch. */
  readonly git: GitDefaults;
}

export interface ReadCommand {
  readonly command: Command;
  /** Standard input as it was understood, where the verb reads it as a manifest: what runs gets this text. */
  readonly stdinText?: string;
}

export function readCommand(tokens: readonly Token[], context: CommandContext): Result<ReadCommand> {
  const [binary] = tokens;
  if (binary === undefined) return refuse("The command is empty.");
  const grammar = grammarOf(binary.text);
  if (grammar === undefined) return unknownBinary(binary);
  for (const token of tokens) {
    const problem = badToken(token, grammar);
    if (problem !== undefined) return refuse(problem, token);
  }
  const printed = grammar.printsAlone?.get(tokens[1]?.text ?? "");
  if (printed !== undefined && tokens.length === 2) return printsAlone(printed, grammar, context.stdin);
  const found = findVerb(tokens, grammar);
  if (!found.ok) return found;
  const { verb } = found.value;
  if (
    grammar.helpFlags !== undefined &&
    found.value.rest.some(({ text }) => grammar.helpFlags?.includes(text) === true)
  ) {
    return help(found.value, grammar, context.stdin);
  }
  const read = readFlags(found.value.rest, [...grammar.globalFlags, ...verb.flags], grammar);
  return read.ok ? build(read.value, found.value, grammar, context) : read;
}

function unknownBinary(token: Token): Result<ReadCommand> {
  const message = "This is not one of the binaries that are understood: ";
  const known = [...grammars.keys()];
  const usual = token.stage === 0 ? "kubectl, git, gh, flux, helm or curl" : "jq, grep, sort, head or another filter";
  return refuse(`${message}${known.join(", ")}.`, token, nearest(token.text, known) ?? usual);
}

/** Programs and patterns may hold tabs and line breaks; every other token may not. */
function badToken({ text }: Token, { verbs, manyLines }: Grammar): string | undefined {
  const holdsProgram = manyLines === true || verbs[0]?.operands.kind === "program";
  const limit = holdsProgram ? maxProgramBytes : maxTokenBytes;
  // A program may come behind its flag: then the flag does not count.
  const measured = holdsProgram ? text.replace(/^--[a-z-]{1,64}=/, "") : text;
  if (Buffer.byteLength(measured) > limit) return `A word is longer than ${limit} bytes.`;
  const bad = badCharacter(text, holdsProgram ? "program" : "token");
  return bad === undefined ? undefined : `A word holds ${bad}.`;
}

function build(read: ReadFlags, found: FoundVerb, grammar: Grammar, context: CommandContext): Result<ReadCommand> {
  const { verb, at } = found;
  const all = isTrue(read.flags, "--all-namespaces");
  if (all && read.flags.has("--namespace")) {
    return refuse("`--namespace` and `--all-namespaces` exclude each other.", at, "--namespace=…");
  }
  const clash = verb.exclusive
    ?.map((group) => group.filter((name) => read.flags.has(name)))
    .find(({ length }) => length > 1);
  if (clash !== undefined)
    return refuse(`${clash.join(" and ")} exclude each other.`, read.places.get(clash[1] ?? ""), clash[0]);
  const [operand] = read.operands;
  const late = verb.flagsFirst === true && operand !== undefined ? flagBehind(operand, read) : undefined;
  if (late !== undefined) return refuse("Behind an operand this would not count for it.", late, "put it first");
  const { defaultNamespace, fluxNamespace } = context;
  const home = grammar.home === "flux" ? fluxNamespace : defaultNamespace;
  const namespace = read.flags.get("--namespace")?.[0] ?? home;
  const { flags: given, places } = read;
  const missing = verb.requires?.find((name) => !given.has(name));
  if (missing !== undefined) return refuse(`\`${missing}\` is missing.`, at, `${missing}=…`);
  const stdin = context.stdinText;
  const scope = {
    verb: at,
    flags: given,
    places,
    kinds: context.kinds,
    namespace,
    fluxNamespace,
    allNamespaces: all,
    stdin,
    git: context.git,
    beforeDash: read.beforeDash,
  };
  const operands = readOperands(verb.operands, read.operands, scope);
  if (!operands.ok) return operands;

  const repositories = repositoriesOf(read, operands.value, verb, context);
  if (repositories?.length === 0) return refuse("Say which repository.", at, "--repo=OWNER/REPO");

  const touches = verb.namespaced === true || operands.value.resources.some(isNamespaced);
  const allNamespaces = all && touches;
  const namespaces = touches && !all ? [namespace] : [];
  const { prints } = operands.value;
  const flags = modelFlags(read, operands.value, verb, context.git);
  const template = templateOf(flags["--output"]?.[0] ?? "");
  const programs = [...operands.value.programs, ...(template === undefined ? [] : [template])];
  const filter = flags["--jq"]?.[0];
  if (filter !== undefined) {
    const listed = listJqIdentifiers(filter);
    if ("problem" in listed) return refuse(`The jq program ${listed.problem}.`, places.get("--jq") ?? at);
    programs.push({ language: "jq", identifiers: listed.identifiers });
  }
  const { manifests, stdin: rendered, replicas = replicasOf(flags) } = operands.value;
  const facts = {
    binary: grammar.spec.name,
    verb: verb.verb,
    effect: operands.value.effect ?? verb.effect,
    egress: verb.egress && prints === undefined,
    sandbox: grammar.spec.sandbox ?? "text",
    dryRun: (flags["--dry-run"]?.[0] ?? "none") !== "none",
    namespaces,
    allNamespaces,
    resources: namespaces.length > 0 ? operands.value.resources : operands.value.resources.map(anywhere),
    flags,
    operands: operands.value.operands,
    selectors: selectorsOf(flags),
    paths: operands.value.paths ?? [],
    urls: operands.value.urls ?? [],
    programs,
    ...(repositories === undefined ? {} : { repositories }),
    ...(operands.value.git === undefined ? {} : { git: operands.value.git }),
    ...(manifests === undefined ? {} : { manifests }),
    ...(replicas === undefined ? {} : { replicas }),
    stdin: rendered === undefined ? context.stdin : { ...context.stdin, bytes: Buffer.byteLength(rendered) },
    answerExitCodes: answersOf(verb, flags),
    ...(verb.failureSign === undefined ? {} : { failureSign: verb.failureSign }),
    ...(verb.note === undefined ? {} : { note: verb.note }),
  };
  const command = deepFreeze({ ...facts, argv: render(facts, grammar, verb, prints) });
  return accept({ command, ...(rendered === undefined ? {} : { stdinText: rendered }) });
}

/** A flag that stands behind an operand. */
const flagBehind = (operand: Token, { places }: ReadFlags): Token | undefined =>
  [...places.values()].find(({ index }) => index > operand.index);

function replicasOf(flags: Readonly<Record<string, readonly string[]>>): number | undefined {
  const asked = flags["--replicas"]?.[0];
  return asked === undefined ? undefined : Number(asked);
}

/** The repository that gh asks about; [] when neither the caller nor the site names one. */
function repositoriesOf(
  { flags }: ReadFlags,
  operands: OperandFacts,
  { onRepository }: VerbGrammar,
  { git }: CommandContext,
): readonly string[] | undefined {
  if (onRepository !== true) return operands.repositories;
  const repository = flags.get("--repo")?.[0] ?? git.repository;
  return repository === undefined ? [] : [repository];
}

/** Named by the caller, not merely read besides, and living in a namespace. */
const isNamespaced = ({ secondary, namespace }: ResourceReference): boolean => !secondary && namespace !== "";

/** With all namespaces, and besides cluster-scoped objects (describe node ⇒ pods), reading stops at no namespace. */
const anywhere = (reference: ResourceReference): ResourceReference => ({ ...reference, namespace: "" });

/** Scope flags and pins are left out, defaults are filled in, in the grammar's order. */
function modelFlags(
  read: ReadFlags,
  operands: OperandFacts,
  verb: VerbGrammar,
  git: GitDefaults,
): Readonly<Record<string, readonly string[]>> {
  if (operands.prints !== undefined) return nullPrototype({ [operands.prints]: ["true"] });
  const entries = verb.flags
    .filter((flag) => flag.class !== "scope" && flag.class !== "pin")
    .flatMap((flag): readonly [string, readonly string[]][] => {
      const fallback = flag.fallback === undefined ? verb.defaults?.[flag.name] : git[flag.fallback];
      const given = flag.name === operands.asFlag?.name ? [operands.asFlag.value] : read.flags.get(flag.name);
      const values = given ?? (fallback === undefined ? undefined : [fallback]);
      if (values === undefined || (flag.falseIsDefault === true && values[0] === "false")) return [];
      return [[flag.name, values]];
    });
  return nullPrototype(Object.fromEntries(entries));
}

function selectorsOf(flags: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, string>> {
  const label = (flags["--selector"] ?? flags["--label-selector"])?.[0];
  const field = flags["--field-selector"]?.[0];
  return nullPrototype({ ...(label === undefined ? {} : { label }), ...(field === undefined ? {} : { field }) });
}

function answersOf({ answers }: VerbGrammar, flags: Readonly<Record<string, readonly string[]>>): readonly number[] {
  const holding = answers.filter(({ whenFlag }) => whenFlag === undefined || flags[whenFlag] !== undefined);
  return [...new Set(holding.flatMap(({ codes }) => codes))].sort((left, right) => left - right);
}

const isTrue = (flags: ReadonlyMap<string, readonly string[]>, name: string): boolean =>
  flags.get(name)?.[0] === "true";
