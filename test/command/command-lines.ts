// Generates argvs that the grammars understand, from the grammars' own data: every verb, flag and spelling can come up.
import * as fc from "fast-check";
import { grammars } from "../../src/command/grammar/grammars.ts";
import type { Flag, Grammar, OperandKind, ValueType, VerbGrammar } from "../../src/command/grammar/types.ts";

export interface Generated {
  /** Binary and verb. */
  readonly name: string;
  readonly pins: Readonly<Record<string, string>>;
  readonly argv: readonly string[];
}

export const nameOf = ({ spec }: Grammar, { verb }: VerbGrammar): string => [spec.name, ...verb].join(" ");

/** An argv of any verb of any binary; most are understood, some break a rule that spans flags. */
export const argvs: fc.Arbitrary<Generated> = fc
  .constantFrom(...[...grammars.values()].flatMap((grammar) => grammar.verbs.map((verb) => ({ grammar, verb }))))
  .chain(({ grammar, verb }) => {
    const flags = fc.uniqueArray(fc.constantFrom(...grammar.globalFlags, ...verb.flags, noFlag), {
      maxLength: 5,
      selector: ({ name }) => name,
    });
    const needed = verb.flags.filter(({ name }) => verb.required?.includes(name) === true);
    const groups = flags.chain((chosen) =>
      fc.tuple(...[...new Set([...chosen, ...needed])].map((flag) => spelled(flag, grammar))),
    );
    return fc.tuple(groups, operandsOf(verb.operands), fc.boolean()).map(([flagWords, operands, operandsFirst]) => {
      const words = operandsFirst ? [...operands, ...flagWords.flat()] : [...flagWords.flat(), ...operands];
      const argv = [grammar.spec.name, ...verb.verb, ...words];
      return { name: nameOf(grammar, verb), pins: verb.pins ?? {}, argv };
    });
  });

/** `fc.constantFrom` of nothing is an error; this one stands for no word at all. */
const noFlag: Flag = { name: "--", type: { kind: "boolean" }, class: "output" };

function spelled(flag: Flag, { syntax }: Grammar): fc.Arbitrary<readonly string[]> {
  if (flag === noFlag) return fc.constant([]);
  const names = [flag.name, ...(flag.aliases ?? [])];
  return fc.tuple(fc.constantFrom(...names), valueOf(flag), fc.nat(3)).map(([name, value, form]) => {
    const isLong = name.startsWith("--");
    const folded = isLong && syntax.foldUnderscores && form === 3 ? `--${name.slice(2).replaceAll("-", "_")}` : name;
    if (flag.type.kind === "boolean") {
      const joined = syntax.booleanValues && form > 0;
      return [joined ? `${folded}=${value}` : folded];
    }
    if (flag.arity === 2) return [folded, "name", value];
    if (isLong)
      return syntax.longEquals && (form > 0 || flag.glued === true) ? [`${folded}=${value}`] : [folded, value];
    if (form === 1 && syntax.gluedShorts && value !== "") return [`${name}${value}`];
    if (form === 2 && syntax.shortEquals) return [`${name}=${value}`];
    return [name, value];
  });
}

const valueOf = (flag: Flag): fc.Arbitrary<string> => {
  const samples = bySample.get(flag.name);
  return samples === undefined ? ofType(flag.type) : fc.constantFrom(...samples);
};

function ofType(type: ValueType): fc.Arbitrary<string> {
  switch (type.kind) {
    case "boolean":
      return fc.constantFrom("true", "false", "1", "0", "t", "F", "True");
    case "integer":
      return fc.integer({ min: type.min, max: type.max }).map(String);
    case "duration":
      return fc.constantFrom("1s", "30s", "1500ms", "0h30s");
    case "enum":
      return fc.constantFrom(...type.values);
    case "namespace":
      return fc.constantFrom("default", "kube-system", "a");
    case "name":
      return objectNames;
    case "selector":
      return type.of === "label"
        ? fc.constantFrom("app=web", "a in (b, c),!d", "x!=y", "tier")
        : fc.constantFrom("status.phase!=Running", "metadata.name=a,spec.nodeName=");
    case "printer":
      return fc.constantFrom(...type.values, ...(type.templates === true ? templates : []));
    case "object":
      return fc.constantFrom("pod/web-1", "Deployment/web", "nodes/n1");
    case "pattern":
      return patterned(type.pattern);
  }
}

const templates = ["jsonpath={.items[*].metadata.name}", "go-template={{len .items}}", "custom-columns=A:.a,B:.b"];

/** Samples for patterns that a random text would rarely meet. */
const bySample: ReadonlyMap<string, readonly string[]> = new Map([
  ["--since-time", ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00.5+01:00"]],
  ["--types", ["Warning", "Normal,Warning"]],
  ["--api-version", ["v1", "apps/v1", "batch/v1beta1"]],
  ["--verbs", ["list", "list,get"]],
  ["--argjson", ["5", "null", '{"a":[1]}', '"x"']],
  ["--format", ["oneline", "format:%h %an%x09%s", "%H %ad", "tformat:%d"]],
  ["--message", ["fix: a", "-m", "two\nlines\tand $HOME; `x`"]],
  ["--since", ["1s", "30s", "1500ms", "0h30s"]],
  ["--body", ["why\n\n- a"]],
  ["--jq", [".[] | .number", "map(.a)\n| length", "env"]],
  ["--repo", ["o/r", "a-b/c.d"]],
  ["--json", ["number", "title,state"]],
  ["--color", ["never"]],
  ["--contains", ["main", "v1~2"]],
  ["--range", ["1,5", "3,+2", "7"]],
  ["--diff-filter", ["AM", "d"]],
  ["--sort", ["-committerdate", "version:refname"]],
  ["--sort-by", [".metadata.name", "{.status.phase}", "cpu", "memory", "name", "kind"]],
]);

/** A short text of plain characters that fits the pattern; every pattern here has some. */
const patterned = (pattern: RegExp): fc.Arbitrary<string> =>
  fc
    .oneof(
      fc.constantFrom("1", "2,2nr", "app", "a,b", ":", "-", "+5", "20", "1-3", ".x", ""),
      fc.string({ unit: fc.constantFrom(..."aZ09.-_,*+?()[]{}|\\^$ =üß'\"".split("")), maxLength: 8 }),
    )
    .filter((text) => pattern.test(text));

const objectNames = fc.constantFrom("web-1", "a", "x.y-z", "0");
const types = fc.constantFrom(
  "po",
  "Pods",
  "svc",
  "deploy.apps",
  "deployments.v1.apps",
  "nodes",
  "ns",
  "secret",
  "cert",
  "hr",
  "pods.",
);

function operandsOf(kind: OperandKind): fc.Arbitrary<readonly string[]> {
  switch (kind.kind) {
    case "none":
      return fc.constant([]);
    case "standard-input":
      return fc.constantFrom([], ["-"]);
    case "pattern-or-standard-input":
      return fc.oneof(
        patterned(/^[^-]/).map((text) => [text]),
        patterned(/^[^-]/).map((text) => [text, "-"]),
        fc.constant([]),
      );
    case "program":
      return fc.constantFrom(["."], [".a | .b"], ["env"], ['"\\(.x)"'], ["{a: .b,\n c: $x}"]);
    case "character-sets":
      return fc.constantFrom(["a-z"], ["a-z", "A-Z"], ["-", "_"], ["[:alpha:]", "\\n"]);
    case "resources":
      return kind.one === undefined
        ? listed
        : fc.tuple(fc.constantFrom(...kind.one.types), objectNames).map(([type, name]) => [`${type}/${name}`]);
    case "logs":
      return fc.oneof(
        objectNames.map((name) => [name]),
        fc.constantFrom(["deploy/web"], ["Pod/a"], []),
      );
    case "top":
      return fc.constantFrom(["pods"], ["po", "web-1"], ["nodes"], ["no", "n1"]);
    case "events":
      return fc.constant([]);
    case "explain":
      return fc.constantFrom(["pods"], ["deploy.spec.template"]);
    case "can-i":
      return fc.constantFrom(["get", "pods"], ["delete", "deploy/web"], ["*", "secrets"], []);
    case "git-revisions":
      if (kind.atMost === 0) return fc.constant([]);
      return fc.constantFrom(
        [],
        ["HEAD"],
        ["main..HEAD~2"],
        ["v1", "origin/main^"],
        ["--", "a b.txt"],
        ["HEAD", "--", "./d//f", "x"],
        ["HEAD:d/f.txt"],
        ["--end-of-options", "main", "--", "f"],
      );
    case "git-paths":
      return fc.constantFrom([], ["."], ["f.txt", "d/g"], ["--", "-x"], ["--", "d/"]);
    case "git-file":
      return fc.constantFrom(["f.txt"], ["HEAD~1", "d/f"], ["main", "--", "-f"], ["--", "f"]);
    case "git-names":
      return fc.constantFrom([], ["v1*"], ["ai-sre/*", "main"]);
    case "git-remote":
      return fc.constantFrom([], ["origin"], ["origin", "main"], ["origin", "HEAD:ai-sre/x"], ["up", "a:refs/heads/b"]);
    case "gh-number":
      return fc.constantFrom(["1"], ["4711"]);
    case "gh-repository":
      return fc.constantFrom([], ["o/r"], ["a-b/c.d_e"]);
  }
}

const listed: fc.Arbitrary<readonly string[]> = fc.oneof(
  types.map((type) => [type]),
  fc.constant(["all"]),
  fc.uniqueArray(types, { minLength: 2, maxLength: 3 }).map((several) => [several.join(",")]),
  fc.tuple(types, fc.uniqueArray(objectNames, { minLength: 1, maxLength: 3 })).map(([type, names]) => [type, ...names]),
  fc
    .uniqueArray(fc.tuple(types, objectNames), { minLength: 1, maxLength: 3 })
    .map((pairs) => pairs.map((pair) => pair.join("/"))),
);
