// What kubectl makes of the text that we render, and of texts that we refuse: `annotate --local` reads a manifest with
// kubectl's own decoder and prints it, without a cluster. Skipped where no kubectl is installed.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { applied, apply, configMap, deployment, renderedText } from "./manifests.ts";
import { read } from "./reading.ts";

const kubectl = path.resolve(import.meta.dirname, "../../.tools/bin/kubectl");

const printed = z.object({
  kind: z.string(),
  metadata: z.object({ name: z.string(), namespace: z.string().optional() }),
});

/** `Kind/name` of every object that kubectl reads. */
function readByKubectl(text: string): readonly string[] {
  const words = ["annotate", "--local", "--filename=-", "--output=jsonpath-as-json={@}", "read=yes"];
  const { status, stdout, stderr } = spawnSync(kubectl, words, {
    input: text,
    encoding: "utf8",
    env: { HOME: "/nonexistent", KUBERC: "off", KUBECONFIG: "/nonexistent" },
    timeout: 20_000,
  });
  if (status !== 0) throw new Error(stderr);
  // One JSON list for each object, one after the other.
  const objects = z.array(printed).parse(
    JSON.parse(
      `[${stdout
        .trim()
        .replaceAll(/\]\s*\[/g, ",")
        .slice(1, -1)}]`,
    ),
  );
  return objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
}

const named = (manifest: unknown) => applied(manifest).manifests?.map(({ kind, name }) => `${kind}/${name}`);

describe.skipIf(!existsSync(kubectl))("the real kubectl", () => {
  const list = { apiVersion: "v1", kind: "List", items: [configMap, deployment()] };
  const texts: readonly (readonly [what: string, manifest: unknown])[] = [
    ["one document", configMap],
    ["a list", list],
    [
      "documents of YAML",
      "# c\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\n---\napiVersion: v1\nkind: Pod\nmetadata: &m {name: b}\n",
    ],
    [
      "words of YAML 1.1",
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: on-off}\ndata: {a: yes, b: on, c: 1_000}\n",
    ],
    ["escapes", 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: "---\\n\\u2028\\t\\"{"}\n'],
  ];
  it.each(texts)("reads %s, once rendered, as the model says", (_what, manifest) => {
    expect(readByKubectl(renderedText(manifest))).toEqual(named(manifest));
  });

  const hidden = { apiVersion: "v1", kind: "Pod", metadata: { name: "hidden" } };
  const texts2: readonly (readonly [what: string, text: string, seen: readonly string[]])[] = [
    ["items in what is no list", JSON.stringify({ ...configMap, items: [hidden] }), ["Pod/hidden"]],
    [
      "the last of two keys",
      '{"apiVersion":"v1","kind":"ConfigMap","kind":"Pod","metadata":{"name":"hidden"}}',
      ["Pod/hidden"],
    ],
    ["a merge key", "apiVersion: v1\n<<: {kind: Pod}\nmetadata: {name: hidden}\n", ["Pod/hidden"]],
  ];
  it.each(texts2)("sees %s, which we refuse", (_what, text, seen) => {
    expect(readByKubectl(text)).toEqual(seen);
    expect(read(apply, text).ok).toBe(false);
  });
});
