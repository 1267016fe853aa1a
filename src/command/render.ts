// The argv that runs, from the model and never from the caller's tokens: `parse(render(x))` equals `parse(x)`.
import type { Command } from "../domain/command.ts";
import type { Flag, Grammar, VerbGrammar } from "./grammar/types.ts";

type Model = Pick<Command, "binary" | "namespaces" | "allNamespaces" | "flags" | "operands">;

/** BINARY VERB FLAGS OPERANDS; of flags, scope first, pins next, then the others in the grammar's order. */
export function render(model: Model, grammar: Grammar, verb: VerbGrammar, help: boolean): readonly string[] {
  const head = [model.binary, ...verb.verb];
  if (help) return [...head, "--help"];
  const scope = model.allNamespaces ? ["--all-namespaces"] : model.namespaces.map((name) => `--namespace=${name}`);
  const pins = Object.entries(verb.pins ?? {}).map(([name, value]) => renderPin(verb, name, value));
  const flags = verb.flags.flatMap((flag) => renderFlag(flag, model.flags[flag.name] ?? [], grammar));
  const options = [...scope, ...pins, ...flags];
  if (verb.operandsFirst === true) return [...head, ...model.operands, ...options];
  const dash = needsDash(model.operands, grammar) ? ["--"] : [];
  return [...head, ...options, ...dash, ...model.operands];
}

const needsDash = (operands: readonly string[], { syntax }: Grammar): boolean =>
  syntax.doubleDash && operands.some((operand) => operand.startsWith("-") && operand !== "-");

/** A pin that is a switch stands alone: getopt takes no `--sandbox=true`. */
const renderPin = ({ flags }: VerbGrammar, name: string, value: string): string =>
  flags.some((flag) => flag.name === name && flag.type.kind === "boolean") ? name : `${name}=${value}`;

function renderFlag(flag: Flag, values: readonly string[], { syntax }: Grammar): readonly string[] {
  if (values.length === 0) return [];
  if (flag.type.kind === "boolean") {
    if (values[0] === "true") return [flag.name];
    return syntax.booleanValues ? [`${flag.name}=false`] : [];
  }
  const size = flag.arity ?? 1;
  const groups = Array.from({ length: values.length / size }, (_none, at) => values.slice(at * size, (at + 1) * size));
  return groups.flatMap((group) => (syntax.longEquals ? [`${flag.name}=${group.join("")}`] : [flag.name, ...group]));
}
