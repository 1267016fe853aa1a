// The mutants of a Rego file: its source with one rule, one condition or one comparison taken away or turned round.
// Called by policy-mutate.ts. Positions come from opa's own parser; what is changed is text, so that nothing else moves.
import * as z from "zod";
import { runTool } from "./policy-tools.ts";

export interface Mutant {
  /** Below policies/, e.g. `aisre/kubectl/kubectl.rego`. */
  readonly file: string;
  readonly line: number;
  /** Name of the rule that was changed. */
  readonly rule: string;
  readonly kind: "rule never holds" | "condition gone" | "condition turned round" | "default turned round";
  /** What stood there, on one line. */
  readonly was: string;
  /** Names this mutant whatever lies around it: file, rule, kind, text, and its place among equal ones. */
  readonly key: string;
  /** The whole file as the mutant has it. */
  readonly source: string;
}

/** Comparison → what it is turned into. */
const turned: Readonly<Record<string, string>> = {
  "==": "!=",
  "!=": "==",
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
};

const location = z.object({ row: z.int(), col: z.int(), text: z.base64() });
const expression = z.object({
  generated: z.boolean().optional(),
  negated: z.boolean().optional(),
  location,
  terms: z.unknown(),
});
type Expression = z.infer<typeof expression>;
const bodied = z.looseObject({ body: z.array(expression) });
const rule = z.looseObject({
  default: z.boolean().optional(),
  head: z.looseObject({
    ref: z.array(z.object({ value: z.unknown() })),
    value: z.unknown().optional(),
  }),
  body: z.array(expression),
});
const constant = z.object({ location, value: z.literal(false) });
/** A call names its function first; an operator stands where it was written. */
const call = z.tuple([z.object({ location }), z.unknown()], z.unknown());
const declaration = z.object({ symbols: z.unknown() });
const assignment = z.tuple([z.object({ value: z.tuple([z.object({ value: z.literal("assign") })]) })], z.unknown());

interface Edit extends Pick<Mutant, "rule" | "kind"> {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly was: string;
}

/** Every mutant of a file, in the order of the text. `folder` is policies/, and `file` lies below it. */
export function mutantsOf(opa: string, folder: string, file: string, source: string): readonly Mutant[] {
  const parsed = runTool(opa, ["parse", "--format", "json", "--json-include", "locations,-comments", file], folder);
  const { rules } = z.object({ rules: z.array(rule) }).parse(JSON.parse(parsed));
  const edits = rules.flatMap((one) => editsOf(one, source)).toSorted((left, right) => left.start - right.start);
  const seen = new Map<string, number>();
  return edits.map(({ start, end, text, was, ...named }) => {
    const base = `${file} ${named.rule}: ${named.kind}: ${was}`;
    const count = (seen.get(base) ?? 0) + 1;
    seen.set(base, count);
    return {
      file,
      line: source.slice(0, start).split("\n").length,
      ...named,
      was,
      key: count === 1 ? base : `${base} (${count})`,
      source: source.slice(0, start) + text + source.slice(end),
    };
  });
}

function editsOf(one: z.infer<typeof rule>, source: string): readonly Edit[] {
  const name = one.head.ref.map(({ value }) => String(value)).join(".");
  if (one.default === true) return editsOfDefault(name, one.head.value, source);
  const written = one.body.filter(({ generated }) => generated !== true);
  const never = written[0] === undefined ? [] : [neverHolds(name, written[0], source)];
  return [...never, ...bodiesIn(one).flatMap((body) => body.flatMap((part) => editsOfPart(name, part, source)))];
}

/** A body holds when all of its parts do. Where it is a single part without braces, it gets some. */
function neverHolds(name: string, first: Expression, source: string): Edit {
  const { start, end } = spanOf(first, source);
  const bare = /\bif\s*$/.test(source.slice(0, start));
  const was = oneLine(source.slice(start, end));
  const kind = "rule never holds";
  return bare
    ? { rule: name, kind, was, start, end, text: `{ false; ${source.slice(start, end)} }` }
    : { rule: name, kind, was, start, end: start, text: "false; " };
}

function editsOfPart(name: string, part: Expression, source: string): readonly Edit[] {
  if (part.generated === true || declaration.safeParse(part.terms).success) return [];
  if (assignment.safeParse(part.terms).success) return [];
  const { start, end } = spanOf(part, source);
  const was = oneLine(source.slice(start, end));
  const gone: Edit = { rule: name, kind: "condition gone", was, start, end, text: "true" };
  const round = { rule: name, kind: "condition turned round", was } as const;
  if (part.negated === true) {
    const words = source.slice(start, end).replace(/^not\s+/, "");
    return [gone, { ...round, start, end, text: words }];
  }
  const asked = call.safeParse(part.terms);
  if (!asked.success) return [gone];
  const operator = spanOf(asked.data[0], source);
  const other = turned[source.slice(operator.start, operator.end)];
  return other === undefined ? [gone] : [gone, { ...round, ...operator, text: other }];
}

function editsOfDefault(name: string, value: unknown, source: string): readonly Edit[] {
  const denying = constant.safeParse(value);
  if (!denying.success) return [];
  return [{ rule: name, kind: "default turned round", was: "false", ...spanOf(denying.data, source), text: "true" }];
}

/** The rule's own body, and those of comprehensions and `every` in it or in its head. */
function bodiesIn(node: unknown): readonly (readonly Expression[])[] {
  if (Array.isArray(node)) return node.flatMap(bodiesIn);
  if (typeof node !== "object" || node === null) return [];
  const own = bodied.safeParse(node);
  const { annotations: _annotations, ...parts } = { annotations: undefined, ...node };
  return [...(own.success ? [own.data.body] : []), ...Object.values(parts).flatMap(bodiesIn)];
}

/** Where a part stands in the text. opa counts lines and columns from 1, columns in code points. */
function spanOf({ location: at }: { readonly location: z.infer<typeof location> }, source: string) {
  const lines = source.split("\n");
  const before = lines.slice(0, at.row - 1).reduce((sum, line) => sum + line.length + 1, 0);
  const start =
    before +
    Array.from(lines[at.row - 1] ?? "")
      .slice(0, at.col - 1)
      .join("").length;
  const text = Buffer.from(at.text, "base64").toString("utf8");
  if (!source.startsWith(text, start)) throw new Error(`line ${at.row}: opa's parser saw another text`);
  return { start, end: start + text.length };
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ");
