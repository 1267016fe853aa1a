// What a release consists of, read from helm's Secrets as they pass; and names out of protobuf.
import { gzipSync } from "node:zlib";
import { assert, property, uint8Array } from "fast-check";
import { describe, expect, it } from "vitest";
import { nameInProtobuf } from "../../src/broker/kubernetes/protobuf.ts";
import { objectsIn } from "../../src/broker/kubernetes/release-objects.ts";

const secretOf = (release: unknown) => ({
  data: { release: Buffer.from(gzipSync(JSON.stringify(release)).toString("base64")).toString("base64") },
});
const web = `---
# Source: web/templates/web.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: other}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
`;
const job = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: migrate}\n";

describe("the objects of a release", () => {
  it("are those of its manifests and its hooks, of every revision that was read", () => {
    const one = secretOf({ namespace: "default", manifest: web, hooks: [{ manifest: job }] });
    const two = secretOf({ namespace: "default", manifest: job.replace("migrate", "old") });
    const all = [
      "configmaps/web in default",
      "networkpolicies.networking.k8s.io/web in other",
      "ingresses.networking.k8s.io/web in default",
      "jobs.batch/migrate in default",
    ];
    expect(objectsIn(JSON.stringify(one))).toEqual(all);
    expect(objectsIn(JSON.stringify({ items: [one, two] }))).toEqual([...all, "jobs.batch/old in default"]);
  });

  it.each([
    ["no JSON", "no"],
    ["another Secret", JSON.stringify({ data: { password: "x" } })],
    ["no gzip", JSON.stringify({ data: { release: "eHg=" } })],
    ["broken YAML", JSON.stringify(secretOf({ namespace: "default", manifest: "a: [" }))],
    [
      "aliases",
      JSON.stringify(
        secretOf({ namespace: "default", manifest: "apiVersion: &a v1\nkind: *a\nmetadata: {name: x}\n" }),
      ),
    ],
    ["no names", JSON.stringify(secretOf({ manifest: "kind: Pod\n" }))],
  ])("are none for %s", (_name, answer) => {
    expect(objectsIn(answer)).toEqual([]);
  });
});

/** Length-delimited fields. */
const message = (...fields: readonly (readonly [number, Buffer | string])[]): Buffer =>
  Buffer.concat(
    fields.map(([number, content]) => {
      const bytes = Buffer.from(content);
      return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
    }),
  );
const object = (...metadata: readonly (readonly [number, string])[]): Buffer => message([1, message(...metadata)]);
const sent = (raw: Buffer): Buffer => Buffer.concat([Buffer.from("k8s\0"), message([1, "meta"], [2, raw])]);

describe("a name in protobuf", () => {
  it("is read where it stands once", () => {
    expect(nameInProtobuf(sent(object([1, "web"])))).toBe("web");
    expect(nameInProtobuf(sent(object([1, "web"], [2, ""], [3, "default"])))).toBe("web");
  });

  it.each([
    ["a name twice", sent(object([1, "web"], [1, "other"]))],
    ["a generated name", sent(object([1, "web"], [2, "web-"]))],
    ["metadata twice", sent(message([1, message([1, "web"])], [1, message([1, "other"])]))],
    ["two objects", Buffer.concat([sent(object([1, "web"])), message([2, object([1, "other"])])])],
    ["no magic", object([1, "web"])],
    ["a cut message", sent(object([1, "web"])).subarray(0, 12)],
    ["nothing", Buffer.alloc(0)],
  ])("is none for %s", (_name, body) => {
    expect(nameInProtobuf(body)).toBeUndefined();
  });

  it("never throws, whatever the bytes", () => {
    assert(
      property(uint8Array({ maxLength: 64 }), (bytes) => {
        const name = nameInProtobuf(Buffer.concat([Buffer.from("k8s\0"), bytes]));
        expect(["string", "undefined"]).toContain(typeof name);
      }),
    );
  });
});
