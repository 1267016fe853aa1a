// What a manifest can hide, and the fact that shows it. Every row is one field that something else would read past.
import { describe, expect, it } from "vitest";
import { applied, configMap, deployment, factsOf, refused } from "./manifests.ts";

const image = { images: ["web:1"] };
const template = { metadata: {}, spec: { containers: [{ name: "a", image: "a:1" }], hostPID: true } };

describe("a manifest's facts", () => {
  it("are whole, and name the object as the command does", () => {
    const command = applied(deployment({}, { command: ["sh", "-c"], args: ["true"] }, { replicas: 3 }));
    expect(command).toMatchObject({ effect: "write", namespaces: ["default"], replicas: 3, operands: [] });
    expect(command.resources).toEqual([
      {
        group: "apps",
        resource: "deployments",
        name: "web",
        namespace: "default",
        nameMatch: "exact",
        secondary: false,
      },
    ]);
    expect(command.manifests).toEqual([
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        namespace: "default",
        name: "web",
        images: ["web:1"],
        secretRefs: [],
        serviceAccount: "",
        automountToken: null,
        hostNamespaces: [],
        privileged: false,
        capabilities: [],
        volumes: [],
        command: [["sh", "-c", "true"]],
        owner: "",
      },
    ]);
  });

  const secret = { ...image, secretRefs: ["db"] };
  const volume = (source: object) => deployment({ volumes: [{ name: "v", ...source }] });
  const projected = (source: object) => volume({ projected: { sources: [source] } });
  const securely = (securityContext: object) => deployment({}, { securityContext });
  const owned = (metadata: object) => ({ ...configMap, metadata: { name: "web", ...metadata } });

  const table: readonly (readonly [what: string, manifest: unknown, facts: object])[] = [
    ["nothing to tell", deployment(), image],
    [
      "a secret in env",
      deployment({}, { env: [{ name: "A", valueFrom: { secretKeyRef: { name: "db", key: "p" } } }] }),
      secret,
    ],
    ["a secret in envFrom", deployment({}, { envFrom: [{ prefix: "x", secretRef: { name: "db" } }] }), secret],
    ["a secret to pull images", deployment({ imagePullSecrets: [{ name: "db" }] }), secret],
    [
      "a secret volume",
      volume({ secret: { secretName: "db" } }),
      { ...secret, volumes: [{ type: "secret", source: "db" }] },
    ],
    [
      "a projected secret",
      projected({ secret: { name: "db" } }),
      { ...secret, volumes: [{ type: "projected", source: "" }] },
    ],
    [
      "a projected token",
      projected({ serviceAccountToken: { path: "t", audience: "vault" } }),
      {
        ...image,
        volumes: [
          { type: "serviceAccountToken", source: "vault" },
          { type: "projected", source: "" },
        ],
      },
    ],
    [
      "a CSI driver with a secret",
      volume({ csi: { driver: "d", volumeAttributes: { a: "b" }, nodePublishSecretRef: { name: "db" } } }),
      { ...secret, volumes: [{ type: "csi", source: "d" }] },
    ],
    [
      "a folder of the node",
      volume({ hostPath: { path: "/", type: "" } }),
      { ...image, volumes: [{ type: "hostPath", source: "/" }] },
    ],
    [
      "an image as a volume",
      volume({ image: { reference: "x:1", pullPolicy: "Always" } }),
      { images: ["web:1", "x:1"], volumes: [{ type: "image", source: "x:1" }] },
    ],
    [
      "a claim",
      volume({ persistentVolumeClaim: { claimName: "c" } }),
      { ...image, volumes: [{ type: "persistentVolumeClaim", source: "c" }] },
    ],
    [
      "a claim made for the pod",
      volume({ ephemeral: { volumeClaimTemplate: { spec: { accessModes: ["ReadWriteOnce"] } } } }),
      { ...image, volumes: [{ type: "ephemeral", source: "" }] },
    ],
    ["a service account", deployment({ serviceAccountName: "admin" }), { ...image, serviceAccount: "admin" }],
    [
      "a service account by its old name",
      deployment({ serviceAccount: "admin" }),
      { ...image, serviceAccount: "admin" },
    ],
    [
      "two service accounts",
      deployment({ serviceAccount: "a", serviceAccountName: "b" }),
      { ...image, serviceAccount: "a,b" },
    ],
    ["a token", deployment({ automountServiceAccountToken: true }), { ...image, automountToken: true }],
    ["no token", deployment({ automountServiceAccountToken: false }), { ...image, automountToken: false }],
    [
      "the host's namespaces",
      deployment({ hostNetwork: true, hostPID: true, hostIPC: true }),
      { ...image, hostNamespaces: ["ipc", "network", "pid"] },
    ],
    ["none of the host's namespaces", deployment({ hostNetwork: false }), image],
    [
      "a port of the host",
      deployment({}, { ports: [{ containerPort: 80, hostPort: 80 }] }),
      { ...image, hostNamespaces: ["port"] },
    ],
    ["a privileged container", securely({ privileged: true }), { ...image, privileged: true }],
    ["an unmasked /proc", securely({ procMount: "Unmasked" }), { ...image, privileged: true }],
    ["no seccomp", securely({ seccompProfile: { type: "Unconfined" } }), { ...image, privileged: true }],
    [
      "no AppArmor for the pod",
      deployment({ securityContext: { appArmorProfile: { type: "Unconfined" } } }),
      { ...image, privileged: true },
    ],
    ["a profile", securely({ seccompProfile: { type: "RuntimeDefault" } }), image],
    [
      "capabilities",
      securely({ capabilities: { drop: ["ALL"], add: ["SYS_ADMIN", "NET_RAW"] } }),
      { ...image, capabilities: ["NET_RAW", "SYS_ADMIN"] },
    ],
    [
      "an init container",
      deployment({
        initContainers: [
          { name: "i", image: "i:1", args: ["x"], restartPolicy: "Always", securityContext: { privileged: true } },
        ],
      }),
      { images: ["i:1", "web:1"], privileged: true, command: [["x"]] },
    ],
    [
      "commands of probes and hooks",
      deployment(
        {},
        { livenessProbe: { exec: { command: ["a"] } }, lifecycle: { preStop: { exec: { command: ["b", "c"] } } } },
      ),
      { ...image, command: [["a"], ["b", "c"]] },
    ],
    [
      "an annotation that takes a profile away",
      deployment(
        {},
        {},
        {
          template: {
            metadata: { annotations: { "container.apparmor.security.beta.kubernetes.io/a": "unconfined" } },
            spec: {},
          },
        },
      ),
      { privileged: true },
    ],
    [
      "an annotation that an injector reads",
      deployment(
        {},
        {},
        { template: { metadata: { annotations: { "vault.hashicorp.com/agent-inject-secret-x": "y" } }, spec: {} } },
      ),
      { secretRefs: ["vault.hashicorp.com/agent-inject-secret-x"] },
    ],
    [
      "a daemonset's pods",
      { ...deployment(), kind: "DaemonSet", spec: { template } },
      { images: ["a:1"], hostNamespaces: ["pid"] },
    ],
    [
      "a job's pods",
      { apiVersion: "batch/v1", kind: "Job", metadata: { name: "j" }, spec: { template } },
      { images: ["a:1"], hostNamespaces: ["pid"] },
    ],
    [
      "a cron job's pods, three templates down",
      {
        apiVersion: "batch/v1",
        kind: "CronJob",
        metadata: { name: "j" },
        spec: { schedule: "@daily", jobTemplate: { spec: { template } } },
      },
      { images: ["a:1"], hostNamespaces: ["pid"] },
    ],
    [
      "a bare pod",
      { apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec: template.spec },
      { images: ["a:1"], hostNamespaces: ["pid"] },
    ],
    [
      "a custom kind's pods, wherever they are",
      {
        apiVersion: "cert-manager.io/v1",
        kind: "Certificate",
        metadata: { name: "c" },
        spec: {
          secretName: "tls",
          deep: [
            {
              template: {
                spec: {
                  ...template.spec,
                  hostNetwork: "yes",
                  serviceAccountName: "admin",
                  volumes: [{ hostPath: { path: "/" } }],
                },
              },
            },
          ],
          ref: { kind: "Secret", name: "db" },
          securityContext: { privileged: true, capabilities: { add: ["ALL"] }, command: ["x"] },
        },
      },
      {
        images: ["a:1"],
        secretRefs: ["db", "tls"],
        serviceAccount: "admin",
        hostNamespaces: ["network", "pid"],
        privileged: true,
        capabilities: ["ALL"],
        volumes: [{ type: "hostPath", source: "/" }],
        command: [["x"]],
      },
    ],
    [
      "an owner",
      owned({
        ownerReferences: [{ apiVersion: "apps/v1", kind: "Deployment", name: "web", uid: "1", controller: true }],
      }),
      { owner: "Deployment/web" },
    ],
    ["an object of Flux", owned({ labels: { "kustomize.toolkit.fluxcd.io/name": "apps" } }), { owner: "flux/apps" }],
    [
      "an object of Helm",
      owned({ annotations: { "meta.helm.sh/release-name": "db" }, labels: { "app.kubernetes.io/managed-by": "Helm" } }),
      { owner: "helm/db,helm/" },
    ],
    ["an object of Argo CD", owned({ labels: { "argocd.argoproj.io/instance": "web" } }), { owner: "argocd/web" }],
    [
      "what the API server wrote itself",
      { ...configMap, metadata: { name: "web", uid: "1", resourceVersion: "7", managedFields: [{}] } },
      {},
    ],
  ];
  it.each(table)("show %s", (_what, manifest, facts) => {
    expect(factsOf(manifest)).toEqual(facts);
  });

  it("count copies, wherever they are asked for", () => {
    const autoscaler = { apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", metadata: { name: "web" } };
    expect(applied({ ...autoscaler, spec: { minReplicas: 1, maxReplicas: 500 } }).replicas).toBe(500);
    expect(applied(deployment({}, {}, { replicas: 0 })).replicas).toBe(0);
    expect(applied(deployment()).replicas).toBeUndefined();
    const list = [
      deployment({}, {}, { replicas: 5 }),
      { ...deployment({}, {}, { replicas: 0 }), metadata: { name: "b" } },
    ];
    expect(applied({ apiVersion: "v1", kind: "List", items: list }).replicas).toBe(0);
    expect(refused({ ...autoscaler, spec: { minReplicas: 0, maxReplicas: 5 } }).token).toBe("spec.minReplicas");
  });
});

describe("a field that no judgement knows is refused by name", () => {
  const claimOf = (spec: object) =>
    deployment({ volumes: [{ name: "v", ephemeral: { volumeClaimTemplate: { spec } } }] });
  const table: readonly (readonly [manifest: object, token: string])[] = [
    [deployment({ nodeName: "n1" }), "nodeName"],
    [deployment({ ephemeralContainers: [] }), "ephemeralContainers"],
    [deployment({ securityContext: { sysctls: [] } }), "sysctls"],
    [deployment({ securityContext: { seLinuxOptions: {} } }), "seLinuxOptions"],
    [deployment({ volumes: [{ name: "v", flexVolume: { driver: "d" } }] }), "flexVolume"],
    [deployment({}, { livenessProbe: { httpGet: { host: "169.254.169.254", port: 80 } } }), "host"],
    [
      deployment({}, { volumeMounts: [{ name: "v", mountPath: "/", mountPropagation: "Bidirectional" }] }),
      "mountPropagation",
    ],
    [deployment({}, { securityContext: { windowsOptions: {} } }), "windowsOptions"],
    [claimOf({ volumeName: "pv-of-another" }), "volumeName"],
    [claimOf({ dataSource: { kind: "PersistentVolumeClaim", name: "db" } }), "dataSource"],
    [deployment({}, {}, { template: { spec: {}, other: 1 } }), "other"],
    [deployment({}, { securitycontext: {} }), "securitycontext"],
    [{ ...deployment(), extra: 1 }, "extra"],
    [{ ...configMap, metadata: { name: "a", finalizers: ["x/y"] } }, "finalizers"],
    [{ ...configMap, metadata: { name: "a", generateName: "a-" } }, "generateName"],
    [{ apiVersion: "v1", kind: "Service", metadata: { name: "a" }, spec: { externalIPs: ["1.2.3.4"] } }, "externalIPs"],
    [
      { apiVersion: "v1", kind: "Service", metadata: { name: "a" }, spec: { externalName: "evil.example" } },
      "externalName",
    ],
    [{ apiVersion: "v1", kind: "Service", metadata: { name: "a" }, spec: { type: "LoadBalancer" } }, "spec.type"],
  ];
  it.each(table)("%j", (manifest, token) => {
    expect(refused(manifest).token).toBe(token);
  });
});
