// The chart on a real API server: every value set passes its validation and Pod Security, helm installs, upgrades and removes it, and
// the Roles that it makes let pass what the policy allows and nothing that no judged command asks for. Skipped without `make cluster`.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import * as z from "zod";
import { builtInKinds } from "../../src/command/kubectl/resource-table.ts";
import { judgedCommands, has, openPrograms } from "../broker/programs.ts";
import { stagesOf } from "../command/reading.ts";
import { hasRealCluster, type RealCluster, startRealCluster } from "../helpers/real-cluster.ts";
import { chartFolder, hasHelm, renderChart, runHelm, type Values, valueSets } from "./helm.ts";

const root = path.resolve(import.meta.dirname, "../..");
const account = "system:serviceaccount:ops:ai-sre";

/** Kinds of Flux and of the site, so that the API server knows what the Roles name. They validate nothing. */
const definitionOf = (group: string, resource: string, kind: string): string =>
  stringify({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${resource}.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { plural: resource, singular: kind.toLowerCase(), kind, listKind: `${kind}List` },
      // What flux asks for, by kind.
      versions: ["v1", "v2", "v1beta2", "v1beta3"].map((name) => ({
        name,
        served: true,
        storage: name === "v1",
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      })),
    },
  });

describe.skipIf(!hasRealCluster || !hasHelm)("on a real API server", () => {
  let cluster: RealCluster;
  beforeAll(async () => {
    cluster = await startRealCluster();
    const flux = builtInKinds.filter(({ group }) => group.endsWith(".fluxcd.io"));
    const definitions = [
      ...flux.map(({ group, resource, kind }) => definitionOf(group, resource, kind)),
      definitionOf("example.org", "widgets", "Widget"),
      definitionOf("monitoring.coreos.com", "servicemonitors", "ServiceMonitor"),
      definitionOf("monitoring.coreos.com", "prometheusrules", "PrometheusRule"),
    ];
    cluster.kubectl(["apply", "-f", "-"], definitions.join("---\n"));
    for (const name of ["ops", "staging", "flux-system", "gitops"]) cluster.kubectl(["create", "namespace", name]);
    cluster.kubectl(["label", "namespace", "ops", "pod-security.kubernetes.io/enforce=restricted"]);
    cluster.kubectl(["label", "namespace", "ops", "pod-security.kubernetes.io/warn=restricted"]);
  }, 150_000);
  afterAll(async () => {
    await cluster?.stop();
  });

  const helm = (words: readonly string[], values?: Values) =>
    runHelm([...words, "--namespace", "ops", "--kubeconfig", cluster.kubeconfig("admin")], values);

  it.each(Object.entries(valueSets))("accepts, field by field: %s", (_name, values) => {
    for (const manifest of renderChart(values)) {
      const said = cluster.kubectl(
        [
          "apply",
          "--dry-run=server",
          "--validate=strict",
          "--namespace",
          manifest.metadata.namespace ?? "ops",
          "-f",
          "-",
        ],
        stringify(manifest),
      );
      expect(said).toContain("server dry run");
    }
  });

  it("would notice a field that Kubernetes does not have", () => {
    const [first] = renderChart(valueSets["least"] ?? {}).filter(({ kind }) => kind === "Deployment");
    const wrong = stringify({ ...first, spec: { ...Object(first?.["spec"]), replica: 1 } });
    expect(() =>
      cluster.kubectl(["apply", "--dry-run=server", "--validate=strict", "-n", "ops", "-f", "-"], wrong),
    ).toThrow(/unknown field "spec.replica"/);
  });

  it("is installed, upgraded to two replicas, and removed without a trace", () => {
    const installed = helm(["install", "first", chartFolder], valueSets["least"] ?? {});
    expect(installed, installed.stderr).toMatchObject({ status: 0 });
    // Pod Security warns of what it would refuse.
    expect(installed.stderr).not.toContain("would violate PodSecurity");
    expect(installed.stdout).toContain("http://first-ai-sre.ops:8080");
    const upgraded = helm(["upgrade", "first", chartFolder], valueSets["two replicas"] ?? {});
    expect(upgraded, upgraded.stderr).toMatchObject({ status: 0 });
    expect(cluster.kubectl(["-n", "ops", "get", "pdb,deploy", "-o", "name"])).toContain("poddisruptionbudget");
    expect(helm(["uninstall", "first"])).toMatchObject({ status: 0 });
    const left = cluster.kubectl([
      "get",
      "role,rolebinding,clusterrole,clusterrolebinding,deploy,svc",
      "-A",
      "-o",
      "name",
    ]);
    expect(left.split("\n").filter((line) => line.includes("first-ai-sre"))).toEqual([]);
  });

  describe("its Roles", () => {
    beforeAll(() => {
      const installed = helm(["install", "ai-sre", chartFolder], valueSets["two replicas"] ?? {});
      expect(installed, installed.stderr).toMatchObject({ status: 0 });
      seed(cluster);
    });

    const open = () => {
      const token = cluster.kubectl(["-n", "ops", "create", "token", "ai-sre"]).trim();
      return openPrograms({
        cluster: () => ({
          url: cluster.url,
          authorization: `Bearer ${token}`,
          tls: { authorities: cluster.authority, verify: true },
        }),
      });
    };

    /** Of a kind that the policy lets people read: one object, and all. */
    const kinds = builtInKinds.filter(({ resource }) => resource !== "secrets");
    const reads = kinds.flatMap(({ group, resource }) => {
      const type = group === "" ? resource : `${resource}.${group}`;
      return ["default", "flux-system"].flatMap((namespace) => [
        `kubectl get ${type} -n ${namespace}`,
        `kubectl get ${type} web -n ${namespace}`,
      ]);
    });

    it("let pass what the policy allows, and grant nothing else", { timeout: 600_000 }, async () => {
      const { run } = await open();
      const forbidden: string[] = [];
      const commands = ["kubectl", ...["flux"].filter(has)].flatMap((binary) => judgedCommands(binary));
      for (const [words, { command, stdin }] of [...commands, ...allowed(reads), ...changes()]) {
        const { outcome } = await run(command, stdin);
        if (/forbidden/i.test(outcome.stderr) && !isExpected(words))
          forbidden.push(`${words}: ${outcome.stderr.trim().slice(-200)}`);
      }
      expect(forbidden).toEqual([]);
      expect(unused(cluster)).toEqual([]);
    });

    it.each([
      ["get", "secrets", "default"],
      ["list", "secrets", "default"],
      ["create", "pods/exec", "default"],
      ["get", "pods", "kube-system"],
      ["delete", "deployments.apps", "default"],
      ["patch", "nodes", ""],
      ["delete", "pods", "flux-system"],
      ["create", "leases.coordination.k8s.io", "default"],
      ["impersonate", "users", ""],
      ["create", "serviceaccounts/token", "ops"],
      ["create", "rolebindings.rbac.authorization.k8s.io", "default"],
    ])("refuse to %s %s in %j", (verb, resource, namespace) => {
      const where = namespace === "" ? [] : ["-n", namespace];
      expect(() => cluster.kubectl(["auth", "can-i", verb, resource, "--as", account, ...where])).toThrow(
        /^Command failed/,
      );
    });

    it("let the server keep its ledger, and change no entry", () => {
      const can = (verb: string) =>
        cluster.kubectl(["auth", "can-i", verb, "leases.coordination.k8s.io", "--as", account, "-n", "ops"]).trim();
      expect(["create", "get", "list", "delete"].map(can)).toEqual(["yes", "yes", "yes", "yes"]);
      expect(() => can("update")).toThrow(/^Command failed/);
    });
  });
});

const web = { matchLabels: { app: "web" } };
const template = { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image: "web:1" }] } };

/** Objects that the judged commands name. */
function seed(cluster: RealCluster): void {
  const flux = builtInKinds.filter(({ group }) => group.endsWith(".fluxcd.io"));
  const objects = [
    // It has no kubelet.
    { apiVersion: "v1", kind: "Node", metadata: { name: "node-1" } },
    ...["Deployment", "StatefulSet", "DaemonSet"].map((kind) => ({
      apiVersion: "apps/v1",
      kind,
      metadata: { name: "web", namespace: "default" },
      spec: { selector: web, template },
    })),
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web", namespace: "default" }, data: { a: "b" } },
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "web-1", namespace: "default", labels: { app: "web" } },
      spec: { ...template.spec, nodeName: "node-1" },
    },
    // One of Flux's controllers, for `flux logs`.
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: {
        name: "source-controller",
        namespace: "flux-system",
        labels: { "app.kubernetes.io/part-of": "flux" },
      },
      spec: { selector: web, template },
    },
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "source-controller-1", namespace: "flux-system", labels: { app: "web" } },
      spec: { ...template.spec, nodeName: "node-1" },
    },
    ...flux.flatMap(({ group, kind }) =>
      ["default", "flux-system"].map((namespace) => ({
        apiVersion: `${group}/v1`,
        kind,
        metadata: { name: "apps", namespace },
      })),
    ),
  ];
  cluster.kubectl(["apply", "-f", "-"], objects.map((one) => stringify(one)).join("---\n"));
  cluster.kubectl(["set", "image", "deploy/web", "sts/web", "ds/web", "web=web:2"]);
}

type Judged = ReturnType<typeof judgedCommands>[number];

const judged = (words: string, stdin?: string): Judged => {
  const [command] = stagesOf(words, stdin);
  if (command === undefined) throw new Error(`no command: ${words}`);
  return [words, { command, ...(stdin === undefined ? {} : { stdin }) }];
};

/** Those of the command lines that the shipped policy allows, asked as an auditor would. */
function allowed(lines: readonly string[]): readonly Judged[] {
  const asked = lines.map((command, id) =>
    JSON.stringify({ id: String(id), tool: "cli_tool", arguments: { command } }),
  );
  const answered = spawnSync(process.execPath, [path.join(root, "src/main.ts"), "policy", "check"], {
    input: asked.join("\n"),
    encoding: "utf8",
  });
  const verdict = z.object({ id: z.string(), effect: z.enum(["allow", "deny"]) });
  const found = answered.stdout
    .trim()
    .split("\n")
    .map((line) => verdict.parse(JSON.parse(line)))
    .filter(({ effect }) => effect === "allow");
  expect(found.length).toBeGreaterThan(20);
  return found.map(({ id }) => judged(lines[Number(id)] ?? ""));
}

/** What approvers and operators may have done. */
function changes(): readonly Judged[] {
  const manifests = [
    { apiVersion: "apps/v1", kind: "Deployment", spec: { selector: web, template } },
    { apiVersion: "apps/v1", kind: "StatefulSet", spec: { selector: web, template } },
    { apiVersion: "v1", kind: "ConfigMap", data: { a: "c" } },
    { apiVersion: "v1", kind: "Service", spec: { ports: [{ port: 80 }] } },
    {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      spec: { maxReplicas: 2, scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" } },
    },
    { apiVersion: "policy/v1", kind: "PodDisruptionBudget", spec: { selector: web, minAvailable: 1 } },
  ];
  const applied = manifests.flatMap((manifest) =>
    ["one", "two"].flatMap((value) => {
      const metadata = { name: "new", namespace: "default", annotations: { "example.org/value": value } };
      const text = stringify({ ...manifest, metadata });
      return [judged("kubectl apply -f - --dry-run=server", text), judged("kubectl apply -f -", text)];
    }),
  );
  const flux = ["default", "flux-system"].flatMap((namespace) => [
    ...fluxKinds.flatMap((kind) => [
      `flux suspend ${kind} apps -n ${namespace}`,
      `flux resume ${kind} apps -n ${namespace} --timeout=1s`,
      `flux reconcile ${kind} apps -n ${namespace} --timeout=1s`,
    ]),
    ...["get all", "events", "logs", "stats", "tree kustomization apps", "trace deployment web"].map(
      (words) => `flux ${words} -n ${namespace}`,
    ),
  ]);
  const lines = [
    ...["deploy", "sts", "ds"].flatMap((type) => [
      `kubectl rollout restart ${type}/web`,
      `kubectl rollout status ${type}/web --timeout=1s`,
      `kubectl rollout history ${type}/web`,
      `kubectl rollout undo ${type}/web`,
    ]),
    ...["deploy", "sts"].flatMap((type) => [
      `kubectl scale ${type}/web --replicas=2`,
      `kubectl scale ${type}/web --replicas=1 --current-replicas=2`,
    ]),
    "kubectl logs web-1",
    "kubectl delete pod web-1",
  ];
  const ofFlux = has("flux") ? allowed(["flux check", "flux version", ...flux]) : [];
  return [...applied, ...lines.map((words) => judged(words)), ...ofFlux];
}

const fluxKinds = [
  "kustomization",
  "helmrelease",
  "source git",
  "source helm",
  "source oci",
  "source bucket",
  "source chart",
  "image repository",
  "image policy",
  "image update",
  "alert",
  "receiver",
];

const roleList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), namespace: z.string().optional() }),
      rules: z.array(
        z.object({
          apiGroups: z.array(z.string()).default([]),
          resources: z.array(z.string()).default([]),
          resourceNames: z.array(z.string()).optional(),
          verbs: z.array(z.string()),
        }),
      ),
    }),
  ),
});

/** Every right that the Roles grant and that no request of the server's account used: `default pods delete`. */
function unused(cluster: RealCluster): readonly string[] {
  const used = new Set(
    cluster.requests().flatMap(({ user, verb, objectRef }) => {
      if (user.username !== account || objectRef === undefined) return [];
      const { apiGroup, resource, subresource, namespace = "" } = objectRef;
      const name = subresource === undefined ? resource : `${resource}/${subresource}`;
      return [namespace, ""].map((where) => `${where} ${apiGroup}/${name} ${verb}`);
    }),
  );
  const roles = roleList.parse(JSON.parse(cluster.kubectl(["get", "roles,clusterroles", "-A", "-o", "json"])));
  const granted = roles.items
    .filter(({ metadata }) => metadata.name === "ai-sre" || metadata.name === "ops-ai-sre")
    .flatMap(({ metadata: { namespace = "" }, rules }) =>
      rules
        // The server's own look at the cluster's identity.
        .filter(({ resourceNames }) => resourceNames === undefined)
        .flatMap(({ apiGroups, resources, verbs }) =>
          apiGroups.flatMap((group) =>
            resources.flatMap((resource) => verbs.map((verb) => `${namespace} ${group}/${resource} ${verb}`)),
          ),
        ),
    );
  expect(granted.length).toBeGreaterThan(100);
  // There is no metrics server here.
  return [...new Set(granted)].filter((right) => !used.has(right) && !right.includes("metrics.k8s.io/")).sort();
}

/** Forbidden by design: what kubectl prints a node without. */
const isExpected = (words: string): boolean => words.startsWith("kubectl describe node");
