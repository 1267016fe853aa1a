// The chart by the real helm: what it renders, what it refuses and how it says so, and that its generated files are as their sources.
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { renderChartFiles } from "../../scripts/chart-files.ts";
import { chartValuesSchema } from "../../scripts/chart-values.ts";
import {
  chartFolder,
  hasHelm,
  leastValues,
  type Manifest,
  renderChart,
  runHelm,
  type Values,
  valueSets,
} from "./helm.ts";

const root = path.resolve(import.meta.dirname, "../..");

describe("the chart's files", () => {
  it.each(Object.entries(renderChartFiles()))("%s is as its sources make it", (file, wanted) => {
    expect(readFileSync(path.join(root, file), "utf8")).toBe(wanted);
  });

  it("describes every value, and sets each", () => {
    const undescribed: string[] = [];
    const look = (schema: z.core.JSONSchema.BaseSchema, at: string): void => {
      for (const [name, one] of Object.entries(schema.properties ?? {})) {
        if (typeof one === "boolean") continue;
        if (one.description === undefined) undescribed.push(`${at}.${name}`);
        look(one, `${at}.${name}`);
        const { items } = one;
        if (typeof items === "object" && !Array.isArray(items)) look(items, `${at}.${name}[]`);
      }
    };
    look(z.toJSONSchema(chartValuesSchema, { io: "input" }), "");
    expect(undescribed).toEqual([]);
    const values: unknown = parse(readFileSync(path.join(chartFolder, "values.yaml"), "utf8"));
    expect(chartValuesSchema.safeParse(values).error?.issues ?? []).toEqual([]);
  });
});

const roleRules = z.object({
  rules: z.array(
    z.object({ apiGroups: z.array(z.string()), resources: z.array(z.string()), verbs: z.array(z.string()) }),
  ),
});

const networkPolicy = z.object({
  spec: z.object({
    ingress: z.array(
      z.object({
        from: z.array(
          z.looseObject({
            podSelector: z.object({ matchLabels: z.record(z.string(), z.string()).optional() }).optional(),
          }),
        ),
      }),
    ),
    egress: z.array(z.object({ ports: z.array(z.looseObject({ port: z.int() })), to: z.array(z.looseObject({})) })),
  }),
});

const testPod = z.object({
  metadata: z.object({ labels: z.record(z.string(), z.string()) }),
  spec: z.object({
    containers: z.array(z.object({ args: z.array(z.string()), volumeMounts: z.array(z.unknown()) })),
    volumes: z.array(z.object({ secret: z.object({ secretName: z.string() }) })),
  }),
});

const ofKind = (manifests: readonly Manifest[], kind: string): readonly Manifest[] =>
  manifests.filter((one) => one.kind === kind);

describe.skipIf(!hasHelm)("helm", () => {
  it.each(Object.entries(valueSets))("lints and renders: %s", (_name, values) => {
    expect(runHelm(["lint", "--strict", chartFolder], values)).toMatchObject({ status: 0 });
    const manifests = renderChart(values);
    const [deployment] = ofKind(manifests, "Deployment");
    expect(deployment).toMatchObject({
      spec: {
        template: {
          spec: {
            terminationGracePeriodSeconds: 75,
            securityContext: { runAsNonRoot: true, runAsUser: 65_532, seccompProfile: { type: "RuntimeDefault" } },
            containers: [
              {
                securityContext: {
                  allowPrivilegeEscalation: false,
                  readOnlyRootFilesystem: true,
                  capabilities: { drop: ["ALL"] },
                },
              },
            ],
          },
        },
      },
    });
  });

  it("gives nobody a Secret, a wildcard, exec, or the right to pass rights on", () => {
    for (const [name, values] of Object.entries(valueSets)) {
      const mayRelease = name === "an own policy, signed, on chosen nodes";
      const roles = renderChart(values).filter(({ kind }) => kind === "Role" || kind === "ClusterRole");
      expect(roles.length).toBeGreaterThan(0);
      for (const role of roles) {
        const { rules } = roleRules.parse(role);
        const resources = rules.flatMap((rule) => rule.resources);
        const forbidden = ["*", "pods/exec", "pods/attach", "pods/portforward", "nodes/proxy", "serviceaccounts/token"];
        if (!mayRelease) forbidden.push("secrets");
        expect(resources.filter((resource) => forbidden.includes(resource))).toEqual([]);
        const verbs = rules.flatMap((rule) => rule.verbs);
        expect(
          verbs.filter((verb) => ["*", "bind", "escalate", "impersonate", "deletecollection"].includes(verb)),
        ).toEqual([]);
        const wide = role.kind === "ClusterRole" ? verbs : [];
        expect(wide.filter((verb) => verb !== "get" && verb !== "list")).toEqual([]);
      }
    }
  });

  it("takes the means of a change away when the brake is on", () => {
    const roles = ofKind(renderChart(valueSets["only looking"] ?? {}), "Role");
    const verbs = roles.flatMap((role) => roleRules.parse(role).rules.flatMap((rule) => rule.verbs));
    expect(verbs.filter((verb) => !["get", "list", "watch"].includes(verb))).toEqual([]);
  });

  it("lets Leases be written in its own namespace only, and only for the ledger", () => {
    const leases = (values: Values): readonly (string | undefined)[] =>
      ofKind(renderChart(values), "Role")
        .filter((role) =>
          roleRules
            .parse(role)
            .rules.some((rule) => rule.resources.includes("leases") && rule.verbs.includes("create")),
        )
        .map(({ metadata }) => metadata.namespace);
    expect(leases(leastValues)).toEqual([]);
    expect(leases(valueSets["two replicas"] ?? {})).toEqual(["ops"]);
  });

  const policyOf = (values: Values): z.output<typeof networkPolicy> =>
    networkPolicy.parse(ofKind(renderChart(values), "NetworkPolicy")[0]);

  it("lets `helm test` in, whoever else may call, and shows its key to no list of processes", () => {
    for (const name of ["least", "git and monitoring", "two replicas"]) {
      const values = valueSets[name] ?? {};
      const [pod] = ofKind(renderChart(values), "Pod").map((one) => testPod.parse(one));
      const peers = policyOf(values).spec.ingress.flatMap(({ from }) => from);
      const letIn = peers.filter(
        ({ podSelector }) =>
          podSelector?.matchLabels !== undefined &&
          Object.entries(podSelector.matchLabels).every(([key, value]) => pod?.metadata.labels[key] === value),
      );
      expect(letIn).toHaveLength(1);
      const [container] = pod?.spec.containers ?? [];
      expect(container?.args.filter((word) => /key|\$\(/i.test(word))).toEqual(["--key-file", "/etc/ai-sre/api-key"]);
      expect(container?.volumeMounts).toEqual([{ name: "key", mountPath: "/etc/ai-sre", readOnly: true }]);
      const { apiKey } = z
        .object({ secrets: z.object({ apiKey: z.object({ name: z.string() }) }) })
        .parse(values).secrets;
      expect(pod?.spec.volumes.map(({ secret }) => secret.secretName)).toEqual([apiKey.name]);
    }
    // The pod of `helm test` is no pod of the server: the Service must not send calls to it.
    const [service] = ofKind(renderChart(leastValues), "Service");
    expect(service).toMatchObject({ spec: { selector: { "app.kubernetes.io/name": "ai-sre" } } });
  });

  const collectors: readonly (readonly [endpoint: string, port: number])[] = [
    ["http://otel-collector:4318", 4318],
    ["https://otel.example.com", 443],
    ["http://otel.example.com/otlp", 80],
    ["https://otel.example.com:8443/otlp/v1", 8443],
    ["http://[fd00::1]:4318", 4318],
  ];
  it.each(collectors)("opens the way to the collector at %s", (endpoint, port) => {
    const opened = (values: Values): readonly unknown[] =>
      policyOf(values).spec.egress.filter(({ ports }) => ports.some((one) => one.port === port));
    const tracing = { endpoint };
    const nowhere = { ...leastValues, networkPolicy: { apiServer: { ports: [6443] } } };
    expect(opened(nowhere)).toEqual([]);
    expect(opened({ ...nowhere, tracing })).toMatchObject([{ to: [{ ipBlock: { except: ["169.254.0.0/16"] } }] }]);
    const to = [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }];
    const named = { ...nowhere, tracing, networkPolicy: { ...nowhere.networkPolicy, tracing: { to } } };
    expect(opened(named)).toEqual([{ ports: [{ port, protocol: "TCP" }], to }]);
  });

  const wrong: readonly (readonly [what: string, values: Values, says: RegExp])[] = [
    ["a misspelt key", { imagee: {} }, /additional properties 'imagee' not allowed/],
    ["a misspelt key below", { image: { tagg: "1" } }, /'\/image': additional properties 'tagg'/],
    ["a digest that is none", { image: { digest: "abc" } }, /'\/image\/digest'/],
    ["an unknown pull policy", { image: { pullPolicy: "Sometimes" } }, /'\/image\/pullPolicy'/],
    ["no replica", { replicas: 0 }, /'\/replicas'/],
    ["replicas in words", { replicas: "two" }, /'\/replicas'.*integer/s],
    [
      "a key written into values",
      { secrets: { apiKey: { value: "hunter2" } } },
      /'\/secrets\/apiKey': additional properties 'value'/,
    ],
    ["a Secret's name that is none", { secrets: { apiKey: { name: "My Key" } } }, /'\/secrets\/apiKey\/name'/],
    ["site data that is unknown", { site: { namespace: ["a"] } }, /'\/site': additional properties 'namespace'/],
    ["a namespace that is none", { site: { namespaces: ["Prod"] } }, /'\/site\/namespaces\/0'/],
    ["a mode that is none", { site: { mode: "paused" } }, /'\/site\/mode'/],
    ["a limit that is too large", { site: { limits: { timeout_ms: 600_000 } } }, /'\/site\/limits\/timeout_ms'/],
    ["an unknown ledger", { approvals: { ledger: "redis" } }, /'\/approvals\/ledger'/],
    ["a repository's URL", { github: { repository: "https://github.com/o/r" } }, /'\/github\/repository'/],
    ["a forge without TLS", { github: { serverUrl: "http://github.com" } }, /'\/github\/serverUrl'/],
    ["a login in a URL", { prometheusUrl: "http://a:b@prometheus:9090" }, /'\/prometheusUrl'/],
    ["an unknown sandbox mode", { sandbox: "yes" }, /'\/sandbox'/],
    ["a port that is none", { service: { port: 80_800 } }, /'\/service\/port'/],
    ["memory that is no quantity", { resources: { limits: { memory: "lots" } } }, /'\/resources\/limits\/memory'/],
    [
      "an address block that is none",
      { networkPolicy: { apiServer: { cidrs: ["10.0.0.1"] } } },
      /'\/networkPolicy\/apiServer\/cidrs\/0'/,
    ],
    ["nobody who may call", { secrets: { apiKey: { name: "" } } }, /secrets\.apiKey\.name: name the Secret/],
    [
      "replicas without a shared key",
      { replicas: 2, approvals: { ledger: "kubernetes" } },
      /needs secrets\.signingKey\.name/,
    ],
    [
      "replicas that do not share a ledger",
      { replicas: 2, secrets: { apiKey: { name: "keys" }, signingKey: { name: "keys" } } },
      /needs approvals\.ledger: kubernetes/,
    ],
    [
      "a kind that nobody knows",
      { site: { apply_kinds: ["example.org/v1/Widget"] } },
      /site\.apply_kinds: example\.org\/v1\/Widget/,
    ],
    ["a cluster resource that is none", { site: { cluster_resources: ["pods"] } }, /site\.cluster_resources: pods/],
    ["a ServiceAccount without a name", { serviceAccount: { create: false } }, /serviceAccount\.name/],
  ];
  it.each(wrong)("refuses %s", (_what, values, says) => {
    const { status, stderr } = runHelm(["template", "ai-sre", chartFolder], { ...leastValues, ...values });
    expect(status).not.toBe(0);
    expect(stderr).toMatch(says);
  });
});
