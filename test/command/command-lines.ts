// Generates argvs that the grammars understand, from the grammars' own data: every verb, flag and spelling can come up.
import * as fc from "fast-check";
import { fluxKinds } from "../../src/command/flux/kinds.ts";
import { grammars } from "../../src/command/grammar/grammars.ts";
import type {
  Flag,
  FluxVerb,
  Grammar,
  OneObject,
  OperandKind,
  ProgramOperand,
  ValueType,
  VerbGrammar,
} from "../../src/command/grammar/types.ts";

export interface Generated {
  /** Binary and verb. */
  readonly name: string;
  readonly pins: Readonly<Record<string, string>>;
  readonly argv: readonly string[];
  /** What a verb that reads a manifest is given. */
  readonly stdin?: string;
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
    const needed = verb.flags.filter(({ name }) => verb.requires?.some((one) => one === name) === true);
    const groups = flags.chain((chosen) =>
      fc.tuple(...[...new Set([...chosen, ...needed])].map((flag) => spelled(flag, grammar))),
    );
    return fc.tuple(groups, operandsOf(verb.operands), fc.boolean()).map(([flagWords, operands, operandsFirst]) => {
      const words =
        operandsFirst && verb.flagsFirst !== true
          ? [...operands, ...flagWords.flat()]
          : [...flagWords.flat(), ...operands];
      const missing = (verb.requires ?? []).filter((name) => !words.some((word) => given(word, name, verb)));
      const argv = [grammar.spec.name, ...verb.verb, ...words, ...missing.flatMap((name) => required[name] ?? [])];
      const stdin = verb.operands.kind === "manifest" ? { stdin: manifest } : {};
      return { name: nameOf(grammar, verb), pins: verb.pins ?? {}, argv, ...stdin };
    });
  });

/** Whether a word spells the flag `name`. */
export const given = (word: string, name: string, { flags }: VerbGrammar): boolean =>
  [name, ...(flags.find((flag) => flag.name === name)?.aliases ?? [])].some((spelling) => word.startsWith(spelling));

export const required: Readonly<Record<string, readonly string[]>> = {
  "--replicas": ["--replicas=3"],
  "--filename": ["-f", "-"],
};

/** Of no namespace, so that it fits every one. */
export const manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {b: c}\n";

/** `fc.constantFrom` of nothing is an error; this one stands for no word at all. */
const noFlag: Flag = { name: "--", type: { kind: "boolean" }, class: "output" };

/** The words of one flag, in any spelling that the grammar's syntax has. */
export function spelled(
  flag: Flag,
  { syntax }: Grammar,
  values: fc.Arbitrary<string> = valueOf(flag),
): fc.Arbitrary<readonly string[]> {
  if (flag === noFlag) return fc.constant([]);
  const names = [flag.name, ...(flag.aliases ?? [])];
  return fc.tuple(fc.constantFrom(...names), values, fc.nat(3)).map(([name, value, form]) => {
    const isLong = name.startsWith("--");
    const folded = isLong && syntax.foldUnderscores && form === 3 ? `--${name.slice(2).replaceAll("-", "_")}` : name;
    if (flag.type.kind === "boolean") {
      const joined = syntax.booleanValues && form > 0;
      return [joined ? `${folded}=${value}` : folded];
    }
    if (flag.arity === 2) return [folded, "name", value];
    if (flag.bare !== undefined && form === 0) return [folded];
    if (flag.optional !== undefined) return [form === 0 ? name : isLong ? `${name}=${value}` : `${name}${value}`];
    if (isLong)
      return syntax.longEquals && (form > 0 || flag.glued === true) ? [`${folded}=${value}`] : [folded, value];
    if (form === 1 && syntax.gluedShorts && value !== "") return [`${name}${value}`];
    if (form === 2 && syntax.shortEquals) return [`${name}=${value}`];
    return [name, value];
  });
}

export const valueOf = (flag: Flag): fc.Arbitrary<string> => {
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
  ["--expression", [".a", "p", "s/a/b/\np", ".a |\n .b", "$d"]],
  ["--assign", ["a=1", "OFS=\\t", "x=a b", "ARGC=3"]],
  ["--date", ["@0", "1 hour ago"]],
  ["--body-numbering", ["a", "pERROR"]],
  ["--number-format", ["rn", "rz"]],
  ["--argjson", ["5", "null", '{"a":[1]}', '"x"']],
  ["--header", ["Accept: application/json", "Cache-Control: no-cache", "X-A: b: c"]],
  ["--data-urlencode", ["query=up", "match[]=@x", "time=1=2", "a="]],
  ["--write-out", ["%{http_code} %{time_total}\\n", "%%", "x"]],
  ["--for", ["pod/web-1", "Deployment/web", "Kustomization/apps", "kustomization", "HelmRelease/web"]],
  ["--status-selector", ["ready=false", "Ready!=True"]],
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

export function operandsOf(kind: OperandKind): fc.Arbitrary<readonly string[]> {
  switch (kind.kind) {
    case "none":
      return fc.constant([]);
    case "standard-input":
      return fc.constantFrom([], ["-"], ...(kind.times === undefined ? [] : [["-", "-", "-"]]));
    case "pattern-or-standard-input":
      return fc.oneof(
        patterned(/^[^-]/).map((text) => [text]),
        patterned(/^[^-]/).map((text) => [text, "-"]),
        fc.constant([]),
      );
    case "program":
      return fc.constantFrom(
        ...programs[kind.language].flatMap((text) => (kind.language === "jq" ? [[text]] : [[text], [text, "-"]])),
      );
    case "date-format":
      return fc.constantFrom([], ["+%F"], ["+%s %H:%M"]);
    case "request":
      return fc.constantFrom(
        ["http://prometheus.monitoring.svc:9090/api/v1/query?query=up"],
        ["HTTPS://Example.org"],
        ["http://a.b:80/x/../y/./z"],
        ["http://10.0.0.1:9090/-/ready"],
        ["-g", 'http://a/q?query=up{job="api"}[5m]|x^`\'<>'],
        ["http://0x7f.1/"],
        [],
      );
    case "character-sets":
      return fc.constantFrom(["a-z"], ["a-z", "A-Z"], ["-", "_"], ["[:alpha:]", "\\n"]);
    case "resources":
      return kind.one === undefined ? listed : oneObject(kind.one);
    case "assignments":
      return fc.tuple(oneObject(kind.one), fc.constantFrom(...pairs[kind.of])).map((words) => words.flat());
    case "manifest":
      return fc.constant([]);
    case "node":
      return fc.constantFrom(["n1"], ["node/n1"], ["nodes/x.y-z"]);
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
    case "releases":
    case "flux-report":
      return fc.constant([]);
    case "release":
      return kind.changes === true
        ? fc.tuple(objectNames, fc.integer({ min: 1, max: 99 })).map(([name, revision]) => [name, String(revision)])
        : objectNames.map((name) => [name]);
    case "flux-objects":
      return fluxOperands(kind.verb, kind.one === true);
    case "flux-trace":
      return fc.oneof(
        fc.tuple(types, objectNames).map(([type, name]) => [type, name]),
        fc.tuple(types, objectNames).map(([type, name]) => [`${type}/${name}`]),
      );
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

const oneObject = ({ types: fitting = ["ns", "po", "Deploy", "deployments.v1.apps"] }: OneObject) =>
  fc.tuple(fc.constantFrom(...fitting), objectNames).map(([type, name]) => [`${type}/${name}`]);

const pairs = {
  image: [["web=nginx:1.2"], ["a=r.example.org:5000/x@sha256:0a", "*=b"]],
  label: [["tier=web"], ["example.org/a=", "b-"]],
  annotation: [["note=a b=c"], ["example.org/a-", "b=ü"]],
} as const;
const programs: Readonly<Record<ProgramOperand["language"], readonly string[]>> = {
  jq: [".", ".a | .b", "env", '"\\(.x)"', "{a: .b,\n c: $x}"],
  yq: [".", ".a | .b", "env(HOME)", '"\\(.x)"', ".a = 1 |\n .b"],
  sed: ["p", "s/a/b/g", "1,3{d\n}", "$!N;P;D", "w x", "-n"],
  gawk: ["{print $1}", "-1 {print}", "BEGIN{getline}", "NR > 1 {\n print\n}"],
};
/** Every spelling of every kind that the verb knows, with a name where there must be one. */
function fluxOperands(verb: FluxVerb, named: boolean): fc.Arbitrary<readonly string[]> {
  const known = fluxKinds.filter(({ verbs }) => verbs.includes(verb));
  const spelled = known.flatMap(({ words, getAliases, aliases }) => [
    words,
    ...(verb === "get" ? getAliases : aliases),
  ]);
  const several = verb === "get" ? ["all", "sources all", "images policy", "image all"] : [];
  const name = named
    ? objectNames.map((one) => [one])
    : fc.oneof(
        objectNames.map((one) => [one]),
        fc.constant([]),
      );
  return fc.tuple(fc.constantFrom(...spelled, ...several), name).map(([words, rest]) => [...words.split(" "), ...rest]);
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
