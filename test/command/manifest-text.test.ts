// A manifest's text: what of YAML is understood, what two readers could take in two ways, and what kubectl gets instead.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { counterexample } from "./counterexample.ts";
import { read, refusalOf } from "./reading.ts";
import { applied, apply, configMap, deployment, refused, renderedText } from "./manifests.ts";

const head = "apiVersion: v1\nkind: ConfigMap\n";
const named = `${head}metadata: {name: web}\n`;

describe("the text that kubectl gets", () => {
  it("is JSON of what was understood, without comments, anchors and empty documents", () => {
    const text = `# a comment\n---\n${named}data:\n  a: &x "1" # one\n  b: *x\n---\n`;
    expect(renderedText(text)).toBe(
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"web"},"data":{"a":"1","b":"1"}}\n',
    );
  });

  it("has one document for each object of a list", () => {
    const second = { ...configMap, metadata: { name: "b" } };
    const text = renderedText({ apiVersion: "v1", kind: "List", metadata: {}, items: [configMap, second] });
    expect(text).toBe(`${JSON.stringify(configMap)}\n---\n${JSON.stringify(second)}\n`);
  });

  it("says text where YAML 1.1 would say true or a number", () => {
    expect(renderedText(`${named}data: {a: yes, b: on, c: 1_000, d: 0b1, e: 12:30, f: ~x}`)).toContain(
      '"data":{"a":"yes","b":"on","c":"1_000","d":"0b1","e":"12:30","f":"~x"}',
    );
    const spelled = `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {hostNetwork: yes}}}`;
    expect(refused(spelled)).toMatchObject({ token: "spec.template.spec.hostNetwork" });
  });

  it("means the same when it is read again", () => {
    for (const manifest of [configMap, deployment({ hostPID: true }), `${named}data: {a: "\\u2028\\"é"}`]) {
      const text = renderedText(manifest);
      expect(renderedText(text)).toBe(text);
      expect(applied(text)).toEqual(applied(manifest));
    }
  });

  it("is what the digest of the plan covers", () => {
    const digest = (text: string) => {
      const result = read(apply, text);
      return result.ok ? result.plan.digest : "";
    };
    expect(digest(`${named}# comment`)).toBe(digest(named));
    expect(digest(`${named}data: {a: b}`)).not.toBe(digest(named));
  });
});

it("is refused without a stack for each of its errors, and errors after it have stacks again", () => {
  const { stackTraceLimit } = Error;
  expect(refusalOf(apply, '"'.repeat(20_000))).toMatchObject({ message: expect.stringMatching(/UNEXPECTED_TOKEN/) });
  expect(Error.stackTraceLimit).toBe(stackTraceLimit);
});

describe("what is not understood", () => {
  const table: readonly (readonly [what: string, text: string, message: RegExp])[] = [
    ["nothing", "", /no object/],
    ["comments alone", "# nothing\n---\n---\n", /no object/],
    ["a scalar", "hello", /is no object/],
    ["broken YAML", "a: [", /no YAML/],
    ["tabs as indentation", "a:\n\tb: c", /no YAML/],
    ["a directive", `%YAML 1.1\n---\n${named}`, /a directive/],
    ["a key twice", `${named}data: {a: b, a: c}`, /key twice/],
    ["a key twice, quoted once", `${named}kind: A\n"kind": B`, /key twice/],
    ["a namespace twice", `${head}metadata: {name: a, namespace: default, namespace: kube-system}`, /key twice/],
    ["a key twice in JSON", '{"kind":"ConfigMap","kind":"Secret"}', /key twice/],
    ["a merge key", `${head}metadata: {<<: {namespace: x}, name: a}`, /merge key/],
    ["a number as a key", `${named}data: {1: b}`, /no short text/],
    ["a list as a key", `${named}data: {? [a] : b}`, /no short text/],
    ["a directive of a patch", `${named}data: {$patch: delete}`, /directive of a patch/],
    ["a tag", `${named}data: {a: !!str 1}`, /tag/],
    ["bytes", `${named}binaryData: {a: !!binary aGk=}`, /tag/],
    ["a tag of its own", `${named}data: {a: !x 1}`, /no YAML|tag/],
    ["an alias without an anchor", `${named}data: {a: *x}`, /alias|no YAML/],
    ["an alias of itself", `${named}data: &x {a: *x}`, /alias|no YAML/],
    [
      "too many aliases",
      `${named}data: {z: &x a${Array.from({ length: 33 }, (_none, at) => `, k${at}: *x`).join("")}}`,
      /aliases/,
    ],
    ["a number that JSON cannot say", `${named}data: .inf`, /JSON cannot say/],
    ["a number that loses digits", `${named}data: 9007199254740993`, /JSON cannot say/],
    ["half of a surrogate pair", `${named}data: {a: "\\ud800"}`, /JSON cannot say|no YAML/],
    ["no kind", "apiVersion: v1\nmetadata: {name: a}", /without apiVersion and kind/],
    ["an odd version", "apiVersion: latest\nkind: ConfigMap\nmetadata: {name: a}", /no API has/],
    ["an unknown kind", "apiVersion: v1\nkind: ConfigMaps\nmetadata: {name: a}", /not known here/],
    ["a kind in small letters", "apiVersion: v1\nkind: configmap\nmetadata: {name: a}", /not known here/],
    ["a kind of another group", "apiVersion: example.org/v1\nkind: Deployment\nmetadata: {name: a}", /of that group/],
    ["a core kind in a group", "apiVersion: apps/v1\nkind: ConfigMap\nmetadata: {name: a}", /of that group/],
    ["no metadata", head, /without metadata/],
    ["no name", `${head}metadata: {}`, /without a name/],
    ["a number as a name", `${head}metadata: {name: 5}`, /must be text; quote it/],
    ["a name with a slash", `${head}metadata: {name: a/b}`, /without a name/],
    ["a label that is a number", `${head}metadata: {name: a, labels: {v: 1}}`, /must be text; quote it/],
    ["another namespace", `${head}metadata: {name: a, namespace: kube-system}`, /the namespace kube-system/],
    [
      "a namespace of a cluster-scoped kind",
      "apiVersion: v1\nkind: Namespace\nmetadata: {name: a, namespace: default}",
      /works in none/,
    ],
    ["items in what is no list", `${named}items: [{apiVersion: v1, kind: Secret, metadata: {name: s}}]`, /`items`/],
    ["items that are no list", "apiVersion: v1\nkind: List\nitems: {}", /`items`/],
    ["a list with more than items", "apiVersion: v1\nkind: List\nspec: {}\nitems: []", /`items`/],
    ["a list in a list", "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: List, items: []}]", /`items`/],
    ["an empty list", "apiVersion: v1\nkind: List\nitems: []", /no object/],
    ["one object twice", `${named}---\n${named}`, /object twice/],
    [
      "too many objects",
      Array.from({ length: 51 }, (_none, at) => `${head}metadata: {name: a${at}}`).join("\n---\n"),
      /more than 50/,
    ],
    ["too many values", `${named}data: [${"1,".repeat(9000)}]`, /more than 8192 values/],
    ["too deep a nest", `${named}data: ${"[".repeat(50)}${"]".repeat(50)}`, /nested deeper/],
    ["an endless nest", "[".repeat(60_000), /nested|no YAML/],
    ["too much", `${named}data: {a: ${"x".repeat(70_000)}}`, /larger than/],
  ];
  it.each(table)("%s", (_what, text, message) => {
    const refusal = refused(text);
    expect(refusal.message).toMatch(message);
    expect(refusal.message).toMatch(/^The manifest [^\n]+\.$/);
  });

  it("names the place and the way on", () => {
    expect(refused(`${head}metadata: {name: a, namespace: payments}`)).toEqual({
      message: "The manifest is for the namespace payments and the command works in default.",
      token: "namespace: payments",
      try: "--namespace=payments",
    });
    expect(refused("apiVersion: v1\nkind: Deployment\nmetadata: {name: a}").try).toBe("apps/v1 Deployment");
    expect(refused("apiVersion: v1\nkind: ConfigMp\nmetadata: {name: a}").try).toBe("ConfigMap");
    expect(refusalOf(["kubectl", "apply", "-f", "-"]).message).toMatch(/comes as the caller's standard input/);
  });

  it("is a manifest behind a pipe: it would come from what somebody else wrote", () => {
    expect(refusalOf("kubectl get cm web -o yaml | kubectl apply -f -")).toMatchObject({
      token: "apply",
      position: { stage: 1, index: 1 },
      message: expect.stringMatching(/caller's standard input/),
    });
    expect(refusalOf("kubectl apply -f - | grep web", named).message).toMatch(/must be the only stage/);
  });

  it("never throws, whatever the text", () => {
    const pieces = fc.constantFrom(
      ..."a:&*!|>-?[]{},#%@`'\"\\ \n\t~<0é".split(""),
      "---\n",
      "<<: ",
      "kind: ",
      "metadata:\n  ",
    );
    const texts = fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join(""));
    const answered = (text: string): boolean => {
      const result = read(apply, text);
      return result.ok || result.refusal.message.length > 10;
    };
    expect(counterexample(texts, answered, 3000)).toBeUndefined();
  });
});
