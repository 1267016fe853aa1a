// The argv that runs, from the model and never from the caller's tokens: `parse(render(x))` equals `parse(x)`.
import type { Command } from "../domain/command.ts";
import type { Flag, Grammar, VerbGrammar } from "./grammar/types.ts";

type Model = Pick<Command, "binary" | "namespaces" | "allNamespaces" | "flags" | "operands" | "repositories">;

/**
 * BINARY VERB FLAGS OPERANDS; of flags, scope first, pins next, then the others in the grammar's order. `only` is the one flag
 * of a command that prints about itself and ends.
 */
export function render(
  model: Model,
  grammar: Grammar,
  verb: VerbGrammar,
  only?: "--help" | "--version",
): readonly string[] {
  const head = [model.binary, ...verb.verb];
  if (only !== undefined) return [...head, only];
  const repositories = verb.onRepository === true ? (model.repositories ?? []) : [];
  const scope = model.allNamespaces ? ["--all-namespaces"] : model.namespaces.map((name) => `--namespace=${name}`);
  const about = repositories.map((name) => `--repo=${name}`);
  const pins = Object.entries(verb.pins ?? {}).flatMap(([name, value]) => renderPin(name, value, grammar, verb));
  const flags = verb.flags.flatMap((flag) => renderFlag(flag, model.flags[flag.name] ?? [], grammar));
  const options = [...scope, ...about, ...pins, ...flags];
  if (verb.operandsFirst === true) return [...head, ...model.operands, ...options];
  if (verb.ownDash !== undefined) {
    return [...head, ...options, ...(verb.ownDash === "--" ? [] : [verb.ownDash]), ...model.operands];
  }
  const dash = needsDash(model.operands, grammar) ? ["--"] : [];
  return [...head, ...options, ...dash, ...model.operands];
}

const needsDash = (operands: readonly string[], { syntax }: Grammar): boolean =>
  syntax.doubleDash && operands.some((operand) => operand.startsWith("-") && operand !== "-");

function renderPin(name: string, value: string, grammar: Grammar, verb: VerbGrammar): readonly string[] {
  const flag = [...grammar.globalFlags, ...verb.flags].find((known) => known.name === name);
  if (flag === undefined) throw new Error(`the grammar pins ${name} but does not declare it`);
  return renderFlag(flag, [value], grammar);
}

function renderFlag(flag: Flag, values: readonly string[], { syntax }: Grammar): readonly string[] {
  if (values.length === 0) return [];
  const name = flag.rendered ?? flag.name;
  if (flag.type.kind === "boolean") {
    if (values[0] === "true") return [name];
    return syntax.booleanValues ? [`${name}=false`] : [];
  }
  const size = flag.arity ?? 1;
  const groups = Array.from({ length: values.length / size }, (_none, at) => values.slice(at * size, (at + 1) * size));
  if (syntax.gluedShorts && !name.startsWith("--")) return groups.map((group) => `${name}${group.join("")}`);
  return groups.flatMap((group) => (syntax.longEquals ? [`${name}=${group.join("")}`] : [name, ...group]));
}
