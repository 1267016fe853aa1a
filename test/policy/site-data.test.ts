// Site data: three layers, one schema, and a refusal that lists every problem at once with its place.
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { StartError } from "../../src/errors.ts";
import { toParseSettings, type SiteData } from "../../src/policy/site-data.ts";
import { mergeSiteData, type SiteLayers } from "../../src/policy/site-layers.ts";
import { renderSchemas, staleSchemas } from "../../scripts/policy-schemas.ts";
import { root } from "./setup.ts";

const bundle: unknown = parse(readFileSync(path.join(root, "policies/site/data.yaml"), "utf8"));
const merged = (layers: Partial<SiteLayers> = {}): SiteData => mergeSiteData({ bundle, ...layers });

function problemsOf(layers: Partial<SiteLayers>): readonly string[] {
  try {
    merged(layers);
  } catch (error) {
    if (error instanceof StartError && error.code === "invalid_configuration") return error.message.split("\n");
    throw error;
  }
  return [];
}

describe("site data", () => {
  it("is the bundle's own when nothing lies over it", () => {
    expect(merged()).toEqual(bundle);
    expect(merged({ file: "" })).toEqual(bundle);
    expect(merged({ file: "# nothing but a comment\n" })).toEqual(bundle);
  });

  it("takes scalars and lists whole and maps key by key", () => {
    const file = "mode: read_only\nnamespaces: [shop, web]\nlimits: {timeout_ms: 5000}\n";
    const { mode, namespaces, limits } = merged({ file });
    expect({ mode, namespaces }).toEqual({ mode: "read_only", namespaces: ["shop", "web"] });
    expect(limits).toEqual({ ...merged().limits, timeout_ms: 5000 });
  });

  it("lets the file win over the environment and the environment over the bundle", () => {
    const environment = { flux_namespace: "gitops" };
    expect(merged({ environment }).flux_namespace).toBe("gitops");
    expect(merged({ environment, file: "flux_namespace: other" }).flux_namespace).toBe("other");
  });

  it("protects the Flux namespace that the environment names, and keeps the bundle's protected ones", () => {
    const environment = { flux_namespace: "gitops" };
    expect(merged({ environment }).protected_namespaces).toEqual(["kube-system", "flux-system", "gitops"]);
    const same = merged({ environment: { flux_namespace: "flux-system" } });
    expect(same.protected_namespaces).toEqual(["kube-system", "flux-system"]);
    expect(merged({ file: "flux_namespace: gitops" }).protected_namespaces).toContain("gitops");
    const byFile = merged({ environment, file: "protected_namespaces: [kube-system]" });
    expect(byFile.protected_namespaces).toEqual(["kube-system"]);
  });

  it("tells the command room its namespace and kinds", () => {
    const file = `
default_namespace: shop
kinds:
  - {group: cert-manager.io, resource: certificates, kind: Certificate, short_names: [cert], namespaced: true}
  - {group: x.io, resource: things, kind: Thing, namespaced: false}
`;
    expect(toParseSettings(merged({ file }))).toEqual({
      defaultNamespace: "shop",
      fluxNamespace: "flux-system",
      git: { remote: "origin", baseBranch: "main" },
      kinds: [
        {
          group: "cert-manager.io",
          resource: "certificates",
          kind: "Certificate",
          shortNames: ["cert"],
          namespaced: true,
        },
        { group: "x.io", resource: "things", kind: "Thing", shortNames: [], namespaced: false },
      ],
    });
  });
});

describe("site data that is not right", () => {
  it("is refused with the nearest known key", () => {
    expect(problemsOf({ file: "namespace: [default]" })).toEqual([
      'AISRE_POLICY_DATA: unknown key "namespace"; did you mean namespaces?',
    ]);
    expect(problemsOf({ file: "limits: {timeout: 5}" })).toEqual([
      'AISRE_POLICY_DATA: limits: unknown key "timeout"; did you mean timeout_ms?',
    ]);
    expect(problemsOf({ file: "limits: {completely_different_key: 5}" })[0]).toContain("known: timeout_ms, ");
    const kind = "kinds: [{group: a.io, resource: as, kind: A, namespaced: true, shortnames: [x]}]";
    expect(problemsOf({ file: kind })).toEqual([
      'AISRE_POLICY_DATA: kinds.0: unknown key "shortnames"; did you mean short_names?',
    ]);
  });

  it("is refused with all problems of all layers at once, each with its place", () => {
    const file = "mode: paused\nnamespaces: [Default, ok]\nlimits: {timeout_ms: 10}\nmodes: x\n";
    const problems = problemsOf({ environment: { flux_namespace: "A_B" }, file });
    expect(problems).toHaveLength(5);
    expect(problems).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^environment: flux_namespace: must be a DNS-1123 label$/),
        expect.stringMatching(/^AISRE_POLICY_DATA: mode: /),
        expect.stringMatching(/^AISRE_POLICY_DATA: namespaces\.0: must be a DNS-1123 label$/),
        expect.stringMatching(/^AISRE_POLICY_DATA: limits\.timeout_ms: /),
        expect.stringMatching(/^AISRE_POLICY_DATA: unknown key "modes"; did you mean mode\?$/),
      ]),
    );
  });

  it.each([
    ["a duplicate key", "mode: normal\nmode: frozen\n", /unique/],
    ["two documents", "mode: normal\n---\nmode: frozen\n", /document/i],
    ["no YAML", "mode: [normal\n", /./],
    ["a list", "[mode]", /expected object/],
    ["a text", "frozen", /expected object/],
    ["an unknown tag", "mode: !!js/function normal\n", /tag/],
    ["a prototype as a key", "__proto__: {mode: frozen}\n", /unknown key "__proto__"/],
    ["a prototype as a key of a map", "limits: {__proto__: {timeout_ms: 100}}\n", /unknown key "__proto__"/],
    ["a fraction of a byte", "limits: {max_output_bytes: 5000.5}\n", /max_output_bytes/],
    ["a limit beyond what a caller waits for", "limits: {timeout_ms: 60000}\n", /limits\.timeout_ms/],
    ["null where a list must be", "namespaces:\n", /namespaces/],
    ["a truth that is a text", "kinds: [{group: a.io, resource: as, kind: A, namespaced: 'yes'}]", /namespaced/],
    ["an anonymous approver", "anonymous_role: approver\n", /anonymous_role/],
    ["more than 256 KB", `# ${"x".repeat(300_000)}\nmode: normal\n`, /larger/],
  ])("is refused: %s", (_name, file, words) => {
    const problems = problemsOf({ file });
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.join("\n")).toMatch(words);
    expect(problems.every((problem) => problem.startsWith("AISRE_POLICY_DATA: "))).toBe(true);
  });

  it("is refused when its aliases multiply", () => {
    const bomb = [
      "a: &a [x, x, x, x]",
      ..."bcdefgh".split("").map((name, at) => {
        const under = "abcdefg".charAt(at);
        return `${name}: &${name} [*${under}, *${under}, *${under}, *${under}]`;
      }),
    ].join("\n");
    expect(problemsOf({ file: bomb }).join("\n")).toMatch(/alias/i);
  });

  it("is refused when the bundle's own lacks a key", () => {
    expect(problemsOf({ bundle: { mode: "normal" } })).toEqual(
      expect.arrayContaining([expect.stringMatching(/^site data: namespaces: /)]),
    );
    expect(problemsOf({ bundle: undefined }).length).toBeGreaterThan(0);
  });
});

describe("the published schemas", () => {
  it("are what the types say: run `node scripts/policy-schemas.ts` when this fails", () => {
    expect(staleSchemas(path.join(root, "policies/schemas"))).toEqual([]);
  });

  it("refuse unknown keys in every object, which is how opa finds a misspelt field", () => {
    for (const text of Object.values(renderSchemas())) {
      const open: unknown[] = [];
      JSON.parse(text, (_key, value) => {
        if (value?.type === "object" && value.additionalProperties === undefined) open.push(value);
        return value;
      });
      expect(open).toEqual([]);
    }
  });
});
