// Properties of redaction over generated JSON: it stays JSON, and no Secret keeps its data.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redact } from "../../src/redaction/redact.ts";
import { samples } from "./samples.ts";

const profiles = ["credentials", "kubernetes"];
const names = [
  "kind",
  "data",
  "stringData",
  "name",
  "value",
  "password",
  "API_TOKEN",
  "items",
  "secret",
  "token",
  "a",
  "data:",
  "kind: Secret",
  "x=",
  "=",
  "\n",
  '"',
];
const pieces = [
  "Secret",
  "SecretList",
  "ConfigMap",
  "password=",
  "--token=",
  "token: ",
  "=",
  ",",
  '"',
  "'",
  "\\",
  "{",
  "}",
  "[",
  "\n",
  " ",
  "x",
  ...Object.values(samples),
  "Authorization: Bearer ",
  "https://u:p@h/",
  '{"kind":"Secret","data":{"a":"b"}}',
  "kind: Secret\ndata:\n  a: b\n",
];
const documentsOf = (pieces: readonly string[]) => {
  const text = fc.array(fc.constantFrom(...pieces), { maxLength: 5 }).map((parts) => parts.join(""));
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, text, fc.integer(), fc.constant(null), tie("list"), tie("map")),
    list: fc.array(tie("value"), { maxLength: 4 }),
    map: fc.dictionary(fc.constantFrom(...names), tie("value"), { maxKeys: 5 }),
  }));
  return value;
};
const value = documentsOf(pieces);
const toJson = (documents: typeof value) =>
  fc.tuple(documents, fc.constantFrom(0, 2, 4)).map(([value, indent]) => JSON.stringify(value, null, indent));

/** The shape of a value without its texts. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value === "object" && value !== null) return Object.values(value).map(shapeOf);
  return typeof value === "string" ? "text" : value;
}

describe("JSON", () => {
  it("stays JSON of the same shape, whatever is replaced in it", () => {
    fc.assert(
      fc.property(toJson(value), (json) => {
        expect(shapeOf(JSON.parse(redact(json, profiles).text))).toEqual(shapeOf(JSON.parse(json)));
      }),
      { numRuns: 2000 },
    );
  });

  it("loses every Secret's data, wherever the Secret stands in it", () => {
    const secret = { apiVersion: "v1", data: { key: samples.opaque }, kind: "Secret" };
    const holder = fc.oneof(
      fc.constant(secret),
      fc.constant(JSON.stringify(secret)),
      fc.constant({ items: [secret], kind: "List" }),
    );
    fc.assert(
      fc.property(value, holder, value, fc.constantFrom(0, 4), (before, held, after, indent) => {
        const json = JSON.stringify([before, { before, held, after }, after], null, indent);
        fc.pre(!JSON.stringify([before, after]).includes(samples.opaque));
        expect(redact(json, profiles).text).not.toContain(samples.opaque);
      }),
      { numRuns: 1000 },
    );
  });

  it("is not changed by a second redaction", () => {
    // Without pieces of JSON in texts: a replaced piece can make JSON of what was none.
    const plain = documentsOf(pieces.filter((piece) => !/["'{}\\]/.test(piece)));
    fc.assert(
      fc.property(toJson(plain), (json) => {
        const once = redact(json, profiles).text;
        expect(redact(once, profiles).text).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });
});
