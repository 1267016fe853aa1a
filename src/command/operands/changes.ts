// Operands of the verbs that change objects word by word: set image, label, annotate, cordon.
import type { OperandKind } from "../grammar/types.ts";
import { renderReferences, readReferences, secondary } from "../kubectl/references.ts";
import { accept, refuse, type Refused, type Result, type Token } from "../refusal.ts";
import { isObjectName } from "../values.ts";
import { nothing, type OperandContext, type OperandFacts } from "./facts.ts";
import { exactlyOne } from "./objects.ts";

type Assignments = Extract<OperandKind, { kind: "assignments" }>;

/** More would be no repair any more. */
const maxPairs = 16;
const maxAnnotationBytes = 4096;

const qualifiedName = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;
const labelValue = /^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/;
const containerName = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?|\*)$/;
const imageReference = /^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,510}$/;

/** What each kind of pair looks like, on both sides of its `=`. */
const shapes = {
  image: { key: containerName, value: (text: string) => imageReference.test(text), example: "web=registry/web:1.2" },
  label: { key: qualifiedName, value: (text: string) => labelValue.test(text), example: "tier=web" },
  annotation: {
    key: qualifiedName,
    value: (text: string) => Buffer.byteLength(text) <= maxAnnotationBytes,
    example: "example.org/note=text",
  },
} as const;

/** As kubectl tells them apart (GetResourcesAndPairs): `k=v`, or `k-`. */
const isPair = ({ text }: Token): boolean =>
  (text.includes("=") && !text.startsWith("=")) || (text.endsWith("-") && text !== "-");

/** TYPE NAME or TYPE/NAME, then pairs to the end. */
export function assignments(
  kind: Assignments,
  tokens: readonly Token[],
  { verb, kinds, namespace }: OperandContext,
): Result<OperandFacts> {
  const { example } = shapes[kind.of];
  const found = tokens.findIndex(isPair);
  const split = found < 0 ? tokens.length : found;
  const pairs = tokens.slice(split);
  const references = readReferences(tokens.slice(0, split), verb, kinds, namespace);
  if (!references.ok) return references;
  const one = exactlyOne(references.value, kind.one.types, tokens.slice(0, split), verb);
  if (!one.ok) return one;
  if (pairs.length === 0) return refuse("Say what to set.", tokens.at(-1) ?? verb, example);
  if (pairs.length > maxPairs) return refuse(`At most ${maxPairs} at a time.`, pairs[maxPairs]);
  const refused = badPair(pairs, kind.of);
  if (refused !== undefined) return refused;
  const operands = [...renderReferences(one.value.resources), ...pairs.map(({ text }) => text)];
  return accept({ ...one.value, operands });
}

function badPair(pairs: readonly Token[], of: Assignments["of"]): Refused | undefined {
  const { key: keyShape, value: valueShape, example } = shapes[of];
  const seen = new Set<string>();
  for (const pair of pairs) {
    const { text } = pair;
    const equals = text.indexOf("=");
    const removes = equals < 0 && of !== "image" && text.endsWith("-");
    const key = removes ? text.slice(0, -1) : text.slice(0, Math.max(0, equals));
    const fits = keyShape.test(key) && (removes || valueShape(text.slice(equals + 1)));
    if (!fits) return refuse(`This is no ${of} to set.`, pair, example);
    if (seen.has(key)) return refuse("It is set twice; which one holds would be a guess.", pair, "give it once");
    seen.add(key);
  }
  return undefined;
}

/** One node by name; `node/NAME` is the same. */
export function node(tokens: readonly Token[], { verb, kinds, namespace }: OperandContext): Result<OperandFacts> {
  const [target, extra] = tokens;
  if (target === undefined) return refuse("Name one node.", verb, "NODE");
  if (extra !== undefined) return refuse("Name one node.", extra, "NODE");
  const name = target.text.replace(/^nodes?\//, "");
  if (!isObjectName(name)) return refuse("This is no node's name.", target);
  const reference = { ...secondary("nodes", kinds, namespace), name, nameMatch: "exact" as const, secondary: false };
  return accept({ ...nothing, operands: [name], resources: [reference] });
}
