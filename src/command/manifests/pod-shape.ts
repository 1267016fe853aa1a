// What a pod may be told, field by field (Kubernetes 1.35, core/v1 PodSpec), and what of it policy must know. Left out,
// and so refused: nodeName, ephemeralContainers, sysctls, SELinux options, hosts of probes, mount propagation, rare volumes.
import type { Findings } from "./findings.ts";
import { isList, type Json } from "./json.ts";
import { boolean, fields, list, type Shape, says, text, texts } from "./shape.ts";
import { image, labelsOnly, secretName, volume } from "./volume-shape.ts";

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
    volumes: list(volume),
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
