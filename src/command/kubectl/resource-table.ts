// The resources of the Kubernetes API (1.35), metrics and Flux: plural, short names, kind, group, namespaced.
// Source: `kubectl api-resources` of a 1.35 API server and the CRDs of Flux 2.7. Data only.
import type { ResourceKind } from "../../domain/command.ts";

type Row = readonly [resource: string, shortNames: string, kind: string, namespaced: boolean];

const groups: Readonly<Record<string, readonly Row[]>> = {
  "": [
    ["bindings", "", "Binding", true],
    ["componentstatuses", "cs", "ComponentStatus", false],
    ["configmaps", "cm", "ConfigMap", true],
    ["endpoints", "ep", "Endpoints", true],
    ["events", "ev", "Event", true],
    ["limitranges", "limits", "LimitRange", true],
    ["namespaces", "ns", "Namespace", false],
    ["nodes", "no", "Node", false],
    ["persistentvolumeclaims", "pvc", "PersistentVolumeClaim", true],
    ["persistentvolumes", "pv", "PersistentVolume", false],
    ["pods", "po", "Pod", true],
    ["podtemplates", "", "PodTemplate", true],
    ["replicationcontrollers", "rc", "ReplicationController", true],
    ["resourcequotas", "quota", "ResourceQuota", true],
    ["secrets", "", "Secret", true],
    ["serviceaccounts", "sa", "ServiceAccount", true],
    ["services", "svc", "Service", true],
  ],
  "admissionregistration.k8s.io": [
    ["mutatingwebhookconfigurations", "", "MutatingWebhookConfiguration", false],
    ["validatingadmissionpolicies", "", "ValidatingAdmissionPolicy", false],
    ["validatingadmissionpolicybindings", "", "ValidatingAdmissionPolicyBinding", false],
    ["validatingwebhookconfigurations", "", "ValidatingWebhookConfiguration", false],
  ],
  "apiextensions.k8s.io": [["customresourcedefinitions", "crd crds", "CustomResourceDefinition", false]],
  "apiregistration.k8s.io": [["apiservices", "", "APIService", false]],
  apps: [
    ["controllerrevisions", "", "ControllerRevision", true],
    ["daemonsets", "ds", "DaemonSet", true],
    ["deployments", "deploy", "Deployment", true],
    ["replicasets", "rs", "ReplicaSet", true],
    ["statefulsets", "sts", "StatefulSet", true],
  ],
  autoscaling: [["horizontalpodautoscalers", "hpa", "HorizontalPodAutoscaler", true]],
  batch: [
    ["cronjobs", "cj", "CronJob", true],
    ["jobs", "", "Job", true],
  ],
  "certificates.k8s.io": [["certificatesigningrequests", "csr", "CertificateSigningRequest", false]],
  "coordination.k8s.io": [["leases", "", "Lease", true]],
  "discovery.k8s.io": [["endpointslices", "", "EndpointSlice", true]],
  "events.k8s.io": [["events", "ev", "Event", true]],
  "flowcontrol.apiserver.k8s.io": [
    ["flowschemas", "", "FlowSchema", false],
    ["prioritylevelconfigurations", "", "PriorityLevelConfiguration", false],
  ],
  "metrics.k8s.io": [
    ["nodes", "", "NodeMetrics", false],
    ["pods", "", "PodMetrics", true],
  ],
  "networking.k8s.io": [
    ["ingressclasses", "", "IngressClass", false],
    ["ingresses", "ing", "Ingress", true],
    ["ipaddresses", "ip", "IPAddress", false],
    ["networkpolicies", "netpol", "NetworkPolicy", true],
    ["servicecidrs", "", "ServiceCIDR", false],
  ],
  "node.k8s.io": [["runtimeclasses", "", "RuntimeClass", false]],
  policy: [["poddisruptionbudgets", "pdb", "PodDisruptionBudget", true]],
  "rbac.authorization.k8s.io": [
    ["clusterrolebindings", "", "ClusterRoleBinding", false],
    ["clusterroles", "", "ClusterRole", false],
    ["rolebindings", "", "RoleBinding", true],
    ["roles", "", "Role", true],
  ],
  "resource.k8s.io": [
    ["deviceclasses", "", "DeviceClass", false],
    ["resourceclaims", "", "ResourceClaim", true],
    ["resourceclaimtemplates", "", "ResourceClaimTemplate", true],
    ["resourceslices", "", "ResourceSlice", false],
  ],
  "scheduling.k8s.io": [["priorityclasses", "pc", "PriorityClass", false]],
  "storage.k8s.io": [
    ["csidrivers", "", "CSIDriver", false],
    ["csinodes", "", "CSINode", false],
    ["csistoragecapacities", "", "CSIStorageCapacity", true],
    ["storageclasses", "sc", "StorageClass", false],
    ["volumeattachments", "", "VolumeAttachment", false],
    ["volumeattributesclasses", "vac", "VolumeAttributesClass", false],
  ],
  "helm.toolkit.fluxcd.io": [["helmreleases", "hr", "HelmRelease", true]],
  "image.toolkit.fluxcd.io": [
    ["imagepolicies", "imgpol imagepol", "ImagePolicy", true],
    ["imagerepositories", "imgrepo imagerepo", "ImageRepository", true],
    ["imageupdateautomations", "iua imgupd imgauto", "ImageUpdateAutomation", true],
  ],
  "kustomize.toolkit.fluxcd.io": [["kustomizations", "ks", "Kustomization", true]],
  "notification.toolkit.fluxcd.io": [
    ["alerts", "", "Alert", true],
    ["providers", "", "Provider", true],
    ["receivers", "", "Receiver", true],
  ],
  "source.toolkit.fluxcd.io": [
    ["buckets", "", "Bucket", true],
    ["externalartifacts", "", "ExternalArtifact", true],
    ["gitrepositories", "gitrepo", "GitRepository", true],
    ["helmcharts", "hc", "HelmChart", true],
    ["helmrepositories", "helmrepo", "HelmRepository", true],
    ["ocirepositories", "ocirepo", "OCIRepository", true],
  ],
};

/** Every row as a ResourceKind, in table order. */
export const builtInKinds: readonly ResourceKind[] = Object.entries(groups).flatMap(([group, rows]) =>
  rows.map(([resource, shortNames, kind, namespaced]) => ({
    group,
    resource,
    kind,
    shortNames: shortNames === "" ? [] : shortNames.split(" "),
    namespaced,
  })),
);

/** What `all` stands for: the category that Kubernetes' own types carry. Fixed, and never Secrets or ConfigMaps. */
export const categoryAll: readonly string[] = [
  "pods",
  "replicationcontrollers",
  "services",
  "daemonsets.apps",
  "deployments.apps",
  "replicasets.apps",
  "statefulsets.apps",
  "horizontalpodautoscalers.autoscaling",
  "cronjobs.batch",
  "jobs.batch",
];

/** What `kubectl describe` of a resource reads besides it (kubectl 1.35, pkg/describe). Events are read for all. */
export const alsoDescribed: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    nodes: ["pods", "leases.coordination.k8s.io"],
    namespaces: ["resourcequotas", "limitranges"],
    serviceaccounts: ["secrets"],
    services: ["endpoints", "endpointslices.discovery.k8s.io"],
    ingresses: ["services", "endpoints", "endpointslices.discovery.k8s.io"],
    persistentvolumeclaims: ["pods"],
    deployments: ["replicasets.apps"],
    replicasets: ["pods"],
    replicationcontrollers: ["pods"],
    statefulsets: ["pods"],
    daemonsets: ["pods"],
    jobs: ["pods"],
  }),
);
