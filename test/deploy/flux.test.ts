// deploy/flux without Flux's controllers: that its parts name each other, and that the chart takes its values. A real API server with
// Flux's own kinds takes the manifests in the test of docs/install.md.
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import * as z from "zod";
import { hasHelm, renderChart } from "../chart/helm.ts";

const folder = path.resolve(import.meta.dirname, "../../deploy/flux");
const text = (name: string): string => readFileSync(path.join(folder, name), "utf8");

const named = z.looseObject({ name: z.string(), namespace: z.string().optional() });
const reference = z.object({ kind: z.string(), name: z.string(), namespace: z.string().optional() });
const release = z
  .object({
    metadata: named,
    spec: z.object({
      chart: z.object({ spec: z.object({ chart: z.string(), sourceRef: reference }) }),
      values: z.record(z.string(), z.unknown()),
    }),
  })
  .parse(parse(text("release.yaml")));
const [source, sync] = parseAllDocuments(text("sync.yaml")).map((document): unknown => document.toJS());
const repository = z.object({ kind: z.literal("GitRepository"), metadata: named }).parse(source);
const kustomization = z
  .object({ metadata: named, spec: z.object({ path: z.string(), sourceRef: reference }) })
  .parse(sync);

describe("deploy/flux", () => {
  it("fetches what it applies by an object that does not lie in what it applies", () => {
    const { resources } = z.object({ resources: z.array(z.string()) }).parse(parse(text("kustomization.yaml")));
    expect(resources).toEqual(["namespace.yaml", "release.yaml"]);
    expect(kustomization.spec.sourceRef).toEqual({ kind: "GitRepository", name: repository.metadata.name });
    expect(kustomization.metadata.namespace).toBe(repository.metadata.namespace);
    expect(path.resolve(folder, "../..", kustomization.spec.path)).toBe(folder);
  });

  it("installs the chart out of the same repository, into the namespace that it makes", () => {
    const { chart, sourceRef } = release.spec.chart.spec;
    expect(chart).toBe("./chart");
    expect(sourceRef).toEqual({
      kind: "GitRepository",
      name: repository.metadata.name,
      namespace: repository.metadata.namespace,
    });
    expect(parse(text("namespace.yaml"))).toMatchObject({
      metadata: {
        name: release.metadata.namespace,
        labels: { "pod-security.kubernetes.io/enforce": "restricted" },
      },
    });
  });

  it.skipIf(!hasHelm)("lets n8n in from its own namespace, as the page of installation does", () => {
    const from = [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "n8n" } } }];
    const [policy] = renderChart(release.spec.values).filter(({ kind }) => kind === "NetworkPolicy");
    expect(policy).toMatchObject({ spec: { ingress: [{ from: expect.arrayContaining(from) as unknown }] } });
    const page = readFileSync(path.resolve(folder, "../../docs/install.md"), "utf8");
    const [, values = ""] = /^(networkPolicy:\n(?: .*\n)+)/m.exec(page) ?? [];
    expect(release.spec.values["networkPolicy"]).toEqual(
      z.object({ networkPolicy: z.unknown() }).parse(parse(values)).networkPolicy,
    );
  });

  it.skipIf(!hasHelm)("has values that the chart takes, and needs no kinds that a cluster may lack", () => {
    const groups = renderChart(release.spec.values).map(({ apiVersion }) => apiVersion);
    expect(groups.length).toBeGreaterThan(5);
    expect(groups.filter((group) => group.startsWith("monitoring.coreos.com"))).toEqual([]);
  });
});
