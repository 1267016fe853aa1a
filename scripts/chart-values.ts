// The values of the chart, as one strict schema from which chart/values.schema.json is written: an unknown key is refused, and every
// key says what it is for. Site data has the server's own schema. Used by chart-files.ts.
import * as z from "zod";
import { siteLayerSchema } from "../src/policy/site-data.ts";

const name = z.string().regex(/^$|^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, "must be a Kubernetes name");
const secretKey = z.string().regex(/^[A-Za-z0-9._-]{1,253}$/);
const port = z.int().min(1).max(65_535);
const cidr = z.string().regex(/^[0-9a-fA-F:.]+\/[0-9]{1,3}$/);
const quantity = z.union([z.string().regex(/^[0-9]+(\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/), z.number().min(0)]);
const url = z.string().regex(/^$|^https?:\/\/[^\s@?#]+$/);
/** Kubernetes reads them; the chart hands them on. */
const anything = z.looseObject({});
const texts = z.record(z.string(), z.string());
const peers = z.array(anything);

const secret = (what: string) =>
  z
    .strictObject({
      name: name.describe("Name of the Secret; empty for none."),
      key: secretKey.describe("The key in it."),
    })
    .describe(what);

const amounts = z.strictObject({
  cpu: quantity.optional().describe("CPUs."),
  memory: quantity.optional().describe("Bytes."),
  "ephemeral-storage": quantity.optional().describe("Bytes on the node's disk."),
});

/** chart/values.yaml is held to it by helm, and by a test. */
export const chartValuesSchema = z.strictObject({
  global: anything.optional().describe("What a parent chart shares; not used here."),
  image: z
    .strictObject({
      repository: z.string().min(1).describe("Where the image is, without tag."),
      tag: z
        .string()
        .regex(/^$|^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/)
        .describe("Tag; the chart's appVersion when empty."),
      digest: z
        .string()
        .regex(/^$|^sha256:[0-9a-f]{64}$/)
        .describe("Digest, sha256:…; wins over the tag."),
      pullPolicy: z.enum(["Always", "IfNotPresent", "Never"]).describe("When a node asks the registry."),
      pullSecrets: z.array(z.strictObject({ name: name.describe("Name of the Secret.") })).describe("Registry logins."),
    })
    .describe("The container image."),
  replicas: z
    .int()
    .min(1)
    .max(10)
    .describe("Pods. More than one needs secrets.signingKey and approvals.ledger: kubernetes."),
  secrets: z
    .strictObject({
      apiKey: secret("Bearer key of n8n: principal n8n, role operator."),
      approverKey: secret("Bearer key of who approves: principal approver."),
      signingKey: secret(
        "At least 32 characters from which every signing key is derived; made anew for each start when absent.",
      ),
      githubToken: secret("What git and gh log in with."),
      principals: secret("A principals file, for more callers than those two."),
    })
    .describe("Names of Secrets and of their keys; values never stand in values."),
  site: siteLayerSchema.describe("Site data, laid over the policy's own. The Roles are made from it too."),
  policy: z
    .strictObject({
      configMap: name.describe("A ConfigMap with the files of a policy bundle; the image's own bundle when empty."),
      publicKey: z
        .strictObject({
          configMap: name.describe("A ConfigMap with the public key; empty for none."),
          key: secretKey.describe("The key in it."),
        })
        .describe("The key that the bundle has to be signed with."),
    })
    .describe("Another policy than the image's."),
  approvals: z
    .strictObject({
      ledger: z.enum(["memory", "kubernetes"]).describe("Where spent grants are held: this process, or Leases."),
    })
    .describe("How approvals are remembered."),
  github: z
    .strictObject({
      repository: z
        .string()
        .regex(/^$|^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/[A-Za-z0-9_.-]{1,100}$/)
        .describe("OWNER/REPO that git and gh work on; empty for none."),
      serverUrl: z
        .string()
        .regex(/^https:\/\/[^\s/?#@]+$/)
        .describe("Where it lives, https://HOST."),
    })
    .describe("The repository."),
  prometheusUrl: url.describe("Prometheus, for the monitoring tools; empty for none."),
  alertmanagerUrl: url.describe("Alertmanager, for the monitoring tools; empty for none."),
  allowedHosts: z
    .array(z.string().regex(/^[A-Za-z0-9._-]+$/))
    .describe("Names, besides the Service's, that the MCP endpoints answer to."),
  sandbox: z.enum(["require", "prefer", "off"]).describe("AISRE_SANDBOX: whether commands must be boxed."),
  logLevel: z
    .enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"])
    .describe("Least level that is logged."),
  tracing: z.strictObject({ endpoint: url.describe("OTLP/HTTP endpoint; no tracing when empty.") }).describe("Spans."),
  serviceAccount: z
    .strictObject({
      create: z.boolean().describe("Whether the chart makes it."),
      name: name.describe("Its name; the release's when empty."),
      annotations: texts.describe("Annotations of it."),
    })
    .describe("Who the server is to the cluster."),
  rbac: z
    .strictObject({
      create: z.boolean().describe("Whether the chart makes Roles from site data."),
      helmReleases: z
        .boolean()
        .describe("Whether Secrets may be read and written, where Helm keeps its releases: helm works only then."),
    })
    .describe("What the server may do in the cluster."),
  service: z
    .strictObject({
      port: port.describe("Port of the Service."),
      annotations: texts.describe("Annotations of it."),
    })
    .describe("The Service."),
  resources: z
    .strictObject({
      requests: amounts.optional().describe("Asked for."),
      limits: amounts.optional().describe("At most."),
    })
    .describe("What the pod may use. The limits are those that the server was made for."),
  workspace: z
    .strictObject({ sizeLimit: quantity.describe("Bytes of the emptyDir.") })
    .describe("The clone of the repository, a cache."),
  temporary: z.strictObject({ sizeLimit: quantity.describe("Bytes of the emptyDir.") }).describe("/tmp."),
  podAnnotations: texts.describe("Annotations of the pods."),
  podLabels: texts.describe("More labels of the pods."),
  nodeSelector: texts.describe("Nodes that the pods may run on."),
  tolerations: z.array(anything).describe("Taints that the pods bear."),
  affinity: anything.describe("Where the pods would rather run."),
  priorityClassName: name.describe("PriorityClass; empty for none."),
  podDisruptionBudget: z
    .strictObject({ enabled: z.boolean().describe("Whether it is made, with more than one replica.") })
    .describe("How many pods a drain may take at once: one."),
  networkPolicy: z
    .strictObject({
      enabled: z.boolean().describe("Whether it is made. Everything that is not listed is then shut, both ways."),
      from: peers.describe("Who may call, as NetworkPolicyPeers; every pod of the namespace when empty."),
      metricsFrom: peers.describe("Who may scrape, beside them."),
      apiServer: z
        .strictObject({
          cidrs: z.array(cidr).describe("Its address blocks; every address when empty."),
          ports: z.array(port).min(1).describe("Its ports."),
        })
        .describe("The way to the API server."),
      monitoring: z
        .strictObject({
          to: peers.describe("Prometheus and Alertmanager, as NetworkPolicyPeers; no way there when empty."),
          ports: z.array(port).min(1).describe("Their ports."),
        })
        .describe("The way to Prometheus and Alertmanager."),
      tracing: z
        .strictObject({
          to: peers.describe("The collector, as NetworkPolicyPeers; every address when empty."),
        })
        .describe("The way to the collector, on the port of tracing.endpoint, when that is set."),
      github: z
        .strictObject({
          cidrs: z.array(cidr).min(1).describe("The forge's address blocks."),
          except: z.array(cidr).describe("Blocks in them that stay shut."),
          ports: z.array(port).min(1).describe("Its ports."),
        })
        .describe("The way to the forge, when a repository is set."),
      extraEgress: peers.describe("More rules of egress, as they are."),
    })
    .describe("The NetworkPolicy."),
  monitoring: z
    .strictObject({
      serviceMonitor: z
        .strictObject({
          enabled: z.boolean().describe("Whether it is made."),
          interval: z
            .string()
            .regex(/^[0-9]+(ms|s|m)$/)
            .describe("Time between scrapes."),
          labels: texts.describe("Labels by which the operator finds it."),
        })
        .describe("ServiceMonitor of the Prometheus operator."),
      prometheusRule: z
        .strictObject({
          enabled: z.boolean().describe("Whether it is made."),
          labels: texts.describe("Labels by which the operator finds it."),
        })
        .describe("Alert and recording rules."),
      dashboard: z
        .strictObject({
          enabled: z.boolean().describe("Whether it is made."),
          labels: texts.describe("Labels by which Grafana's sidecar finds it."),
        })
        .describe("ConfigMap with the Grafana dashboard."),
    })
    .describe("What watches the server."),
});
