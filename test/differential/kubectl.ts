// kubectl against an API that records: namespace, resource, name, method, selectors, dry run and replicas are what the model
// says, for the caller's own words and for those that run.
import * as fc from "fast-check";
import type { VerbGrammar } from "../../src/command/grammar/types.ts";
import { builtInKinds } from "../../src/command/kubectl/resource-table.ts";
import { type Adapter, type Case, verdict, type World } from "./adapter.ts";
import { grammarOf } from "./differential.ts";
import { changes, disagreement, shown } from "./kubernetes/agreement.ts";
import { missingName } from "./kubernetes/api.ts";
import { asked, endsOf, openClient, type Ran } from "./kubernetes/client.ts";
import { versionOf } from "./kubernetes/discovery.ts";

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** A type in one of kubectl's spellings. */
const types = fc
  .tuple(fc.constantFrom(...builtInKinds.filter(({ group }) => group !== "metrics.k8s.io")), fc.nat(9))
  .map(([{ group, resource, kind, shortNames }, form]) => {
    const dotted = group === "" ? "" : `.${group}`;
    const forms = [
      resource,
      kind,
      kind.toLowerCase(),
      shortNames[0] ?? resource,
      capital(shortNames.at(-1) ?? resource),
      `${resource}${dotted}`,
      `${resource}.${versionOf(group)}.${group}`,
      `${kind}${dotted}`,
      `${shortNames[0] ?? resource}${dotted}`,
      resource.toUpperCase(),
    ];
    return forms[form] ?? resource;
  });
const names = fc.constantFrom("web-1", "a", "x.y-z", missingName, "1");

const operands = ({ operands: kind }: VerbGrammar): fc.Arbitrary<readonly string[]> | undefined => {
  if (kind.kind !== "resources" || kind.one?.types !== undefined) return undefined;
  const one = fc.oneof(
    fc.tuple(types, names).map(([type, name]) => [`${type}/${name}`]),
    fc.tuple(types, names).map(([type, name]) => [type, name]),
  );
  if (kind.one !== undefined) return one;
  return fc.oneof(
    one,
    types.map((type) => [type]),
    fc.constantFrom(["all"], ["all,secrets"], ["ALL"]),
    fc.uniqueArray(types, { minLength: 2, maxLength: 3 }).map((several) => [several.join(",")]),
    fc.tuple(types, fc.uniqueArray(names, { minLength: 2, maxLength: 3 })).map(([type, several]) => [type, ...several]),
    fc.tuple(types, types, names).map(([a, b, name]) => [`${a},${b}`, name]),
    fc
      .uniqueArray(fc.tuple(types, names), { minLength: 2, maxLength: 3 })
      .map((pairs) => pairs.map((pair) => pair.join("/"))),
  );
};

const manifests = fc
  .array(
    fc.tuple(
      fc.constantFrom(["v1", "ConfigMap"], ["v1", "Namespace"], ["v1", "Service"], ["apps/v1", "Deployment"]),
      fc.constantFrom("", "default", "a"),
      fc.constantFrom("web", "yes", "1", "0x1"),
      fc.constantFrom("yaml", "json", "list"),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((documents) => documents.map((document) => textOf(document)).join("---\n"));

function textOf([[apiVersion, kind], namespace, name, form]: readonly [
  readonly string[],
  string,
  string,
  string,
]): string {
  const metadata = { name, ...(namespace === "" ? {} : { namespace }) };
  const object = {
    apiVersion,
    kind,
    metadata,
    ...(kind === "Deployment" ? { spec: { replicas: 2, selector: {}, template: {} } } : {}),
  };
  if (form === "list") return `${JSON.stringify({ apiVersion: "v1", kind: "List", items: [object] })}\n`;
  if (form === "json") return `${JSON.stringify(object)}\n`;
  return `# c\napiVersion: ${apiVersion ?? ""}\nkind: ${kind ?? ""}\nmetadata: ${JSON.stringify(metadata)}\n${kind === "Deployment" ? "spec:\n  replicas: 2\n" : ""}`;
}

/** A restart notes the time, an apply its own last text. */
const plainBody = (body: string): string =>
  body.includes("last-applied-configuration")
    ? ""
    : body.replaceAll(/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(?:Z|[+-][0-9:]{5})/g, "T");

function differs({ command, argv }: Case, caller: Ran, rendered: Ran): string | undefined {
  for (const [who, { outcome, requests }] of [
    ["the caller's words", caller],
    ["what runs", rendered],
  ] as const) {
    if (outcome.status === null) return `${who}: did not end`;
    const problem = disagreement(command, requests, outcome.status === 0 && command.verb[0] !== "apply");
    if (problem !== undefined) return `${who}: ${problem}; ${outcome.stderr}`;
  }
  const bounds = outsideBounds(rendered);
  if (command.verb[0] === "logs" && bounds !== undefined) return bounds;
  // Without our --wait=false the caller's delete would look whether the object is gone.
  const counts = command.verb[0] === "delete" ? changes : () => true;
  const [theirs, own] = [caller, rendered].map(({ requests }) => asked(requests, counts, plainBody));
  const isSame = JSON.stringify(theirs) === JSON.stringify(own);
  const ends = endsOf(caller, rendered);
  if (!isSame && caller.outcome.status === 0) return `${JSON.stringify(theirs)} is not ${JSON.stringify(own)}; ${ends}`;
  if (caller.outcome.status === 0 && rendered.outcome.status !== 0) return `what runs fails: ${ends}`;
  const [said, says] = [caller, rendered].map(({ outcome }) => outcome.stdout.replaceAll(/\b[0-9]+[dhms]\b/g, "AGE"));
  if (caller.outcome.status === 0 && argv[1] !== "apply" && said !== says)
    return `printed ${JSON.stringify(said)} and ${JSON.stringify(says)}`;
  return undefined;
}

/** A log without a limit has no end. */
function outsideBounds({ requests }: Ran): string | undefined {
  const free = requests.find(
    ({ place, query }) => place?.subresource === "log" && !(query.has("tailLines") && query.has("limitBytes")),
  );
  return free === undefined ? undefined : `what runs reads a whole log: ${shown(free)}`;
}

async function open(file: string): Promise<World> {
  const client = await openClient(file, "kubectl");
  return {
    compare: async (one) => {
      const caller = await client.run(one.argv, one.stdin);
      const rendered = await client.run(one.command.argv, one.renderedStdin);
      return verdict(one, rendered.outcome.status, differs(one, caller, rendered));
    },
    close: client.close,
  };
}

const values = new Map<string, fc.Arbitrary<string>>([
  ["--for", fc.constantFrom("pod/web-1", "Deployment/web", "deploy/a", "nodes/n1", "Pods/web-1")],
  ["--sort-by", fc.constantFrom(".metadata.name", "{.metadata.uid}", "cpu", "memory", "name", "kind", "metadata.name")],
]);

export const kubectl: Adapter = {
  grammar: grammarOf("kubectl"),
  share: 300,
  fitting: { operands, manifests, values },
  open,
};
