// What no site data may allow: the cases that are marked so hold on the widest site that can be written, and a policy on which
// one does not is not used.
import { describe, expect, it } from "vitest";
import { openBundle } from "../../src/policy/bundle.ts";
import { proveInvariants } from "../../src/policy/prove-cases.ts";
import { mergeSiteData } from "../../src/policy/site-layers.ts";
import { buildFolder } from "./setup.ts";

const opened = await openBundle(buildFolder, []);
const wide = {
  toolsets: ["kubectl", "git", "gh", "flux", "helm", "monitoring", "cli", "server"],
  anonymous_role: "admin",
  binaries: [
    "kubectl",
    "git",
    "gh",
    "flux",
    "helm",
    "curl",
    "jq",
    "yq",
    "sed",
    "gawk",
    "grep",
    "sort",
    "date",
    "perl",
    "sh",
  ],
  namespaces: ["default", "kube-system", "flux-system", "apps"],
  protected_namespaces: [],
  protected_paths: [],
  cluster_resources: ["nodes", "namespaces", "secrets", "clusterroles", "clusterrolebindings"],
  kinds: [{ group: "", resource: "secrets", kind: "Secret", short_names: ["sec"], namespaced: true }],
  apply_kinds: [
    "v1/Secret",
    "v1/Pod",
    "apps/v1/Deployment",
    "v1/ConfigMap",
    "rbac.authorization.k8s.io/v1/ClusterRole",
  ],
  hosts: [
    { url: "http://169.254.169.254", methods: ["GET", "HEAD", "POST", "PUT", "DELETE"] },
    { url: "http://metadata.google.internal", methods: ["GET"] },
  ],
  repositories: ["o/r", "p/q"],
  remotes: ["origin", "upstream"],
  max_replicas: 100_000,
};

describe("the invariant cases", () => {
  it.each([
    ["the bundle's own", {}],
    ["the widest", wide],
    ["the widest, frozen", { ...wide, mode: "frozen" }],
    [
      "the narrowest",
      { toolsets: [], binaries: [], namespaces: [], cluster_resources: [], apply_kinds: [], remotes: [] },
    ],
  ])("hold on %s site data", (_name, layer) => {
    const siteData = mergeSiteData({ bundle: opened.bundle.data.site, environment: layer });
    expect(proveInvariants(opened, siteData)).toBeGreaterThan(20);
  });

  it("stop a policy that does not hold them", () => {
    const cases = [
      { name: "pods", invariant: true, site: {}, input: podsQuestion(opened.files), want: { effect: "deny" } },
    ];
    const files = new Map([...opened.files, ["cases.json", Buffer.from(JSON.stringify(cases))]]);
    const siteData = mergeSiteData({ bundle: opened.bundle.data.site });
    expect(() => proveInvariants({ ...opened, files }, siteData)).toThrow('case "pods" must be deny on any site data');
  });
});

/** The input of a case that is allowed. */
function podsQuestion(files: ReadonlyMap<string, Buffer>): unknown {
  const cases: readonly { readonly name: string; readonly input: unknown }[] = JSON.parse(
    String(files.get("cases.json")),
  );
  return cases.find(({ name }) => name === "kubectl: get pods")?.input;
}
