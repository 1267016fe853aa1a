// Secrets as kubectl prints them, in JSON and YAML, whole and cut.
import { describe, expect, it } from "vitest";
import { parseAllDocuments, stringify } from "yaml";
import { redact } from "../../src/redaction/redact.ts";
import { configMapObject, samples, secretObject } from "./samples.ts";

const clean = (text: string, cut = false) => redact(text, ["kubernetes"], { cut });
const list = (...items: unknown[]) => ({ apiVersion: "v1", items, kind: "List", metadata: { resourceVersion: "" } });
const gone = "[redacted:secret_data]";
const cleanData = { password: gone, user: gone };

/** The Secret of the samples with nothing in it but placeholders. */
function expectedSecret(name: string): unknown {
  const applied = { apiVersion: "v1", data: cleanData, kind: "Secret", metadata: { name } };
  return {
    ...secretObject(name),
    data: cleanData,
    metadata: {
      annotations: { "kubectl.kubernetes.io/last-applied-configuration": `${JSON.stringify(applied)}\n` },
      name,
      resourceVersion: "90071992547409931",
    },
  };
}

describe("Secrets in JSON", () => {
  it.each([0, 2, 4])("lose their data, their annotation's data too, at an indentation of %i", (indent) => {
    const { text, counts } = clean(JSON.stringify(secretObject("db"), null, indent));
    expect(JSON.parse(text)).toEqual(expectedSecret("db"));
    expect(counts).toEqual({ secret_data: 4 });
  });

  it("lose it inside a List, and a ConfigMap beside them keeps its own", () => {
    const before = list(configMapObject("a"), secretObject("db"), configMapObject("b"));
    expect(JSON.parse(clean(JSON.stringify(before, null, 4)).text)).toEqual(
      list(configMapObject("a"), expectedSecret("db"), configMapObject("b")),
    );
  });

  it("lose it in a SecretList whose items do not say their kind", () => {
    const before = {
      apiVersion: "v1",
      items: [{ data: { a: samples.opaque }, metadata: { name: "x" } }],
      kind: "SecretList",
    };
    expect(clean(JSON.stringify(before)).text).not.toContain(samples.opaque);
  });

  it("lose stringData, and keys that JavaScript treats oddly", () => {
    const before = '{"kind":"Secret","stringData":{"__proto__":"hunter2","10":"a \\"b\\" {c}","2":"x"}}';
    expect(clean(before).text).toBe(
      `{"kind":"Secret","stringData":{"__proto__":"${gone}","10":"${gone}","2":"${gone}"}}`,
    );
  });

  it("lose it line by line, and between other text", () => {
    const line = JSON.stringify({ data: { a: samples.opaque }, kind: "Secret" });
    const { text } = clean(`${line}\n2026-01-01 applied ${line} ok\n${line}`);
    expect(text).not.toContain(samples.opaque);
    expect(text).toContain("2026-01-01 applied {");
  });

  it("lose it after a quote that is never closed", () => {
    const text = `5" of rain\n${JSON.stringify({ data: { a: samples.opaque }, kind: "Secret" })}`;
    expect(clean(text).text).not.toContain(samples.opaque);
  });

  it("leave every other byte as it was", () => {
    const text = '{ "kind" : "Secret" ,\n"n": 90071992547409931.0, "data":{"a":"YQ=="} }';
    expect(clean(text).text).toBe(text.replace("YQ==", gone));
  });

  it("are not seen in objects of other kinds", () => {
    const text = JSON.stringify([
      configMapObject("Secret"),
      { kind: "SealedSecret", data: { a: "b" } },
      { data: { a: "Secret" } },
    ]);
    expect(clean(text)).toEqual({ text, counts: {} });
  });

  it("lose it wherever the text is cut, before or after", () => {
    const text = JSON.stringify(list(configMapObject("a"), secretObject("db"), configMapObject("b")), null, 4);
    const lines = text.split("\n");
    for (const at of lines.keys()) {
      expect(clean(lines.slice(0, at).join("\n"), true).text).not.toContain(samples.opaque);
      expect(clean(lines.slice(at).join("\n"), true).text).not.toContain(samples.opaque);
    }
    const compact = JSON.stringify(list(secretObject("db"), secretObject("dc")));
    for (let at = 0; at < compact.length; at++) {
      if (compact.charAt(at) !== '"') continue;
      expect(clean(compact.slice(0, at), true).text, `up to ${at}`).not.toContain(samples.opaque);
    }
  });
});

describe("Secrets in YAML", () => {
  it("lose their data, their annotation's data too", () => {
    const { text } = clean(stringify(secretObject("db")));
    expect(parseAllDocuments(text)[0]?.toJS()).toEqual(expectedSecret("db"));
  });

  it("lose it inside a List, and a ConfigMap beside them keeps its own", () => {
    const before = list(configMapObject("a"), secretObject("db"), configMapObject("b"));
    for (const indentSeq of [true, false]) {
      const { text } = clean(stringify(before, { indentSeq }));
      expect(parseAllDocuments(text)[0]?.toJS()).toEqual(
        list(configMapObject("a"), expectedSecret("db"), configMapObject("b")),
      );
    }
  });

  it("lose it in each of many documents, with the kind before or after the data", () => {
    const text =
      "kind: Secret\nstringData:\n  a: hunter2\n---\ndata:\n  b: aHVudGVyMg==\nkind: Secret\n---\ndata:\n  c: kept\nkind: ConfigMap\n";
    expect(clean(text).text).toBe(
      `kind: Secret\nstringData:\n  a: "${gone}"\n---\ndata:\n  b: "${gone}"\nkind: Secret\n---\ndata:\n  c: kept\nkind: ConfigMap\n`,
    );
  });

  it("lose block scalars, quoted values and flow maps", () => {
    const text =
      'kind: Secret\nstringData:\n  a: |-\n    line one\n    key: two\n  "b": \'hunter2\'\n  c: "x: y"\ntype: Opaque\n';
    expect(clean(text).text).toBe(
      `kind: Secret\nstringData:\n  a: |-\n    ${gone}\n  "b": '${gone}'\n  c: "${gone}"\ntype: Opaque\n`,
    );
    expect(clean("kind: Secret\ndata: {a: hunter2}\n").text).not.toContain("hunter2");
    expect(clean("- {kind: Secret, data: {a: hunter2}}\n").text).not.toContain("hunter2");
  });

  it("lose it in a manifest that a ConfigMap carries", () => {
    const text = "kind: ConfigMap\ndata:\n  secret.yaml: |\n    kind: Secret\n    data:\n      a: aHVudGVyMg==\n";
    expect(clean(text).text).not.toContain("aHVudGVyMg");
  });

  it("lose it behind a quoted key, when what says that it is data is cut off", () => {
    expect(clean('  "1": aHVudGVyMg==\n  b: eA==\nkind: Secret\n', true).text).not.toMatch(/aHVudGVyMg|eA==/);
  });

  it("lose it wherever the text is cut, before or after", () => {
    const lines = stringify(list(configMapObject("a"), secretObject("db"), configMapObject("b"))).split("\n");
    for (const at of lines.keys()) {
      expect(clean(lines.slice(0, at).join("\n"), true).text, `up to ${at}`).not.toContain(samples.opaque);
      expect(clean(lines.slice(at).join("\n"), true).text, `from ${at}`).not.toContain(samples.opaque);
    }
  });
});

describe("profiles", () => {
  it("apply only what they name", () => {
    const text = `${JSON.stringify({ kind: "Secret", data: { a: "YQ==" } })} ${samples.githubClassic}`;
    expect(redact(text, [])).toEqual({ text, counts: {} });
    expect(redact(text, ["kubernetes"]).counts).toEqual({ secret_data: 1 });
    expect(redact(text, ["credentials"]).counts).toEqual({ github_token: 1 });
    expect(redact(text, ["credentials", "kubernetes"]).counts).toEqual({ github_token: 1, secret_data: 1 });
  });

  it("all apply when one is not known", () => {
    const text = `${JSON.stringify({ kind: "Secret", data: { a: "YQ==" } })} ${samples.githubClassic}`;
    expect(redact(text, ["new"]).counts).toEqual({ github_token: 1, secret_data: 1 });
  });
});
