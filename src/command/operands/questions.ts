// Operands of kubectl's other questions: usage, events, the schema, rights.
import { readReferences, reference, secondary } from "../kubectl/references.ts";
import { qualified, readType } from "../kubectl/resources.ts";
import { accept, refuse, type Result, type Token } from "../refusal.ts";
import { isObjectName } from "../values.ts";
import { nothing, type OperandContext, type OperandFacts } from "./facts.ts";

/** `top pods|nodes [NAME]`: usage, from the metrics API and the objects measured. */
export function top(
  tokens: readonly Token[],
  { verb, kinds, namespace, allNamespaces, flags }: OperandContext,
): Result<OperandFacts> {
  const [type, name, extra] = tokens;
  if (type === undefined) return refuse("Say pods or nodes.", verb, "kubectl top pods");
  if (extra !== undefined) return refuse("Name one object at most.", extra);
  const kind = readType(type.text, type, kinds);
  if (!kind.ok) return kind;
  const { group, resource } = kind.value;
  if (group !== "" || (resource !== "pods" && resource !== "nodes"))
    return refuse("Only pods and nodes have usage.", type, "pods");
  if (name !== undefined && !isObjectName(name.text)) return refuse("This is no object's name.", name);
  if (name !== undefined && (flags.has("--selector") || allNamespaces))
    return refuse("A name and a selector (or all namespaces) exclude each other.", name);
  const measured = { ...reference(kind.value, name?.text ?? "", namespace), group: "metrics.k8s.io" };
  // `top` lists the objects themselves too, to know what to measure.
  const operands = [resource, ...(name === undefined ? [] : [name.text])];
  return accept({ ...nothing, operands, resources: [measured, secondary(resource, kinds, namespace)] });
}

/** `events`, about everything or, by --for, about one object of a known kind. */
export function events(
  tokens: readonly Token[],
  { verb, kinds, namespace, flags, places }: OperandContext,
): Result<OperandFacts> {
  const [extra] = tokens;
  if (extra !== undefined) return refuse("`kubectl events` takes no operands.", extra, "--for=pod/NAME");
  const about = flags.get("--for")?.[0];
  const listed: OperandFacts = {
    ...nothing,
    resources: [{ ...secondary("events", kinds, namespace), secondary: false }],
  };
  if (about === undefined) return accept(listed);
  const place = places.get("--for") ?? verb;
  const target = readReferences([{ ...place, text: about }], place, kinds, namespace);
  return target.ok ? accept(listed) : target;
}

/** A type and a path of fields: `pods.spec.containers`. It reads the schema, never an object. */
export function explain(tokens: readonly Token[], { verb, kinds }: OperandContext): Result<OperandFacts> {
  const [path, extra] = tokens;
  if (path === undefined) return refuse("Say what to explain.", verb, "kubectl explain pods.spec");
  if (extra !== undefined) return refuse("Explain one path at a time.", extra);
  if (!/^[A-Za-z][A-Za-z0-9.-]{0,250}$/.test(path.text))
    return refuse("This is no path of fields.", path, "pods.spec.containers");
  const [type = ""] = path.text.split(".");
  const kind = readType(type, path, kinds);
  return kind.ok ? accept({ ...nothing, operands: [path.text] }) : kind;
}

/** `can-i VERB TYPE` or `can-i VERB TYPE/NAME`, or `--list`. It asks about rights and reads no object. */
export function canI(
  tokens: readonly Token[],
  { verb, kinds, namespace, flags }: OperandContext,
): Result<OperandFacts> {
  if (flags.has("--list"))
    return tokens[0] === undefined ? accept(nothing) : refuse("--list takes no operands.", tokens[0]);
  const [action, ...target] = tokens;
  if (action === undefined || target.length === 0)
    return refuse("Say a verb and a resource type.", verb, "kubectl auth can-i get pods");
  if (!/^([a-z]{1,32}|\*)$/.test(action.text)) return refuse("This is no API verb.", action, "get");
  if (target.length > 1) return refuse("Ask about one type, or one object.", target[1], "TYPE/NAME");
  const references = readReferences(target, verb, kinds, namespace);
  if (!references.ok) return references;
  const [one, second] = references.value;
  if (one === undefined || second !== undefined) return refuse("Ask about one type.", target[0], "pods");
  return accept({
    ...nothing,
    operands: [action.text, one.name === "" ? qualified(one) : `${qualified(one)}/${one.name}`],
  });
}
