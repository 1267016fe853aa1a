// What a pod may be told, field by field (Kubernetes 1.35, core/v1 PodSpec), and what of it policy must know. Left out,
// and so refused: nodeName, ephemeralContainers, sysctls, SELinux options, hosts of probes, mount propagation, rare volumes.
import type { Findings } from "./findings.ts";
import { isList, type Json } from "./json.ts";
import { noteAnnotations } from "./metadata.ts";
import { boolean, fields, list, type Shape, says, text, textual, texts } from "./shape.ts";

/** A field of that name is a reference to a Secret. */
const secretName = says((found, name) => void found.secretRefs.add(name));
const image = says((found, name) => void found.images.add(name));

const wordsOf = (value: Json | undefined): readonly string[] =>
  isList(value) ? value.filter((word) => typeof word === "string") : [];

const starts = (found: Findings, words: readonly string[]): void => {
  if (words.length > 0) found.command.push(words);
};

const handler = {
  exec: fields("", { command: texts }, (found, { command }) => starts(found, wordsOf(command))),
  httpGet: fields("path port scheme httpHeaders"),
  tcpSocket: fields("port"),
  grpc: fields("port service"),
};
const probe = fields(
  "initialDelaySeconds timeoutSeconds periodSeconds successThreshold failureThreshold terminationGracePeriodSeconds",
  handler,
);
const hook = fields("sleep", handler);

/** A profile that holds the container; taken away, it counts as privileged. */
const profile = fields("localhostProfile", {
  type: says((found, type) => {
    if (type === "Unconfined") found.privileged = true;
  }),
});

const runsAs = "runAsUser runAsGroup runAsNonRoot";

const containerSecurity = fields(`${runsAs} allowPrivilegeEscalation readOnlyRootFilesystem`, {
  privileged: {
    kind: "boolean",
    says: (found, value) => {
      if (value) found.privileged = true;
    },
  },
  procMount: says((found, value) => {
    if (value !== "Default") found.privileged = true;
  }),
  capabilities: fields("drop", { add: list(says((found, name) => void found.capabilities.add(name))) }),
  seccompProfile: profile,
  appArmorProfile: profile,
});

const podSecurity = fields(`${runsAs} fsGroup fsGroupChangePolicy supplementalGroups supplementalGroupsPolicy`, {
  seccompProfile: profile,
  appArmorProfile: profile,
});

const environment = fields("name", {
  value: text,
  valueFrom: fields("fieldRef resourceFieldRef configMapKeyRef", {
    secretKeyRef: fields("key optional", { name: secretName }),
  }),
});

const port = fields("name containerPort protocol", {
  hostPort: {
    kind: "integer",
    says: (found, value) => {
      if (value > 0) found.hostNamespaces.add("port");
    },
  },
});

const container = fields(
  "name imagePullPolicy workingDir resources resizePolicy restartPolicy volumeDevices stdin stdinOnce tty terminationMessagePath terminationMessagePolicy",
  {
    image,
    command: texts,
    args: texts,
    env: list(environment),
    envFrom: list(fields("prefix configMapRef", { secretRef: fields("optional", { name: secretName }) })),
    ports: list(port),
    livenessProbe: probe,
    readinessProbe: probe,
    startupProbe: probe,
    lifecycle: fields("stopSignal", { postStart: hook, preStop: hook }),
    volumeMounts: list(fields("name mountPath subPath subPathExpr readOnly recursiveReadOnly")),
    securityContext: containerSecurity,
  },
  (found, { command, args }) => starts(found, [...wordsOf(command), ...wordsOf(args)]),
);

/** What a claim may ask for; never the data of another one. */
export const claimSpec = fields(
  "accessModes resources storageClassName volumeAttributesClassName volumeMode volumeName selector",
);
export const labelsOnly = fields(
  "creationTimestamp name",
  { labels: textual, annotations: textual },
  (found, { annotations = null }) => noteAnnotations(annotations, found),
);

/** A volume of a type, told by the field that carries it; `source` is the name inside that is worth knowing. */
const volume = (type: string, names: string, shaped: Readonly<Record<string, Shape>> = {}, source?: string): Shape =>
  fields(names, shaped, (found, value) => {
    const named = source === undefined ? undefined : value[source];
    found.volumes.push({ type, source: typeof named === "string" ? named : "" });
  });

const projection = fields("configMap downwardAPI", {
  secret: fields("items optional", { name: secretName }),
  serviceAccountToken: volume("serviceAccountToken", "expirationSeconds path", { audience: text }, "audience"),
  clusterTrustBundle: volume("clusterTrustBundle", "name signerName labelSelector optional path"),
});

const volumes = fields("name", {
  configMap: volume("configMap", "items optional defaultMode", { name: text }, "name"),
  secret: volume("secret", "items optional defaultMode", { secretName }, "secretName"),
  emptyDir: volume("emptyDir", "medium sizeLimit"),
  persistentVolumeClaim: volume("persistentVolumeClaim", "readOnly", { claimName: text }, "claimName"),
  downwardAPI: volume("downwardAPI", "items defaultMode"),
  projected: volume("projected", "defaultMode", { sources: list(projection) }),
  ephemeral: volume("ephemeral", "", { volumeClaimTemplate: fields("", { metadata: labelsOnly, spec: claimSpec }) }),
  hostPath: volume("hostPath", "type", { path: text }, "path"),
  nfs: volume("nfs", "path readOnly", { server: text }, "server"),
  csi: volume(
    "csi",
    "fsType readOnly volumeAttributes",
    { driver: text, nodePublishSecretRef: fields("", { name: secretName }) },
    "driver",
  ),
  image: volume("image", "pullPolicy", { reference: image }, "reference"),
});

/** A namespace of the host that pods share when the field is true. */
const hostNamespace = (name: string): Shape => ({
  kind: "boolean",
  says: (found, value) => {
    if (value) found.hostNamespaces.add(name);
  },
});

const serviceAccount = says((found, name) => {
  if (name !== "") found.serviceAccounts.add(name);
});

export const podSpec = fields(
  "nodeSelector affinity tolerations topologySpreadConstraints restartPolicy dnsPolicy dnsConfig hostname subdomain hostAliases priorityClassName preemptionPolicy runtimeClassName schedulerName terminationGracePeriodSeconds activeDeadlineSeconds enableServiceLinks setHostnameAsFQDN readinessGates overhead os",
  {
    containers: list(container),
    initContainers: list(container),
    volumes: list(volumes),
    imagePullSecrets: list(fields("", { name: secretName })),
    serviceAccountName: serviceAccount,
    serviceAccount,
    automountServiceAccountToken: {
      kind: "boolean",
      says: (found, value) => {
        found.automountToken = found.automountToken === true || value;
      },
    },
    hostNetwork: hostNamespace("network"),
    hostPID: hostNamespace("pid"),
    hostIPC: hostNamespace("ipc"),
    hostUsers: boolean,
    shareProcessNamespace: boolean,
    securityContext: podSecurity,
  },
);

export const podTemplate = fields("", { metadata: labelsOnly, spec: podSpec });
