// The volumes of a pod and the claims behind them, field by field, and what of them policy must know. Part of pod-shape.ts.
import { noteAnnotations } from "./metadata.ts";
import { fields, list, type Shape, says, text, textual } from "./shape.ts";

/** A field of that name is a reference to a Secret. */
export const secretName = says((found, name) => void found.secretRefs.add(name));
export const image = says((found, name) => void found.images.add(name));

/** What a claim may ask for: a new volume, never one that is there (volumeName, selector, dataSource). */
export const claimSpec = fields("accessModes resources storageClassName volumeAttributesClassName volumeMode");
export const labelsOnly = fields(
  "creationTimestamp name",
  { labels: textual, annotations: textual },
  (found, { annotations = null }) => noteAnnotations(annotations, found),
);

/** A volume of a type, told by the field that carries it; `named` is the field inside that is worth knowing. */
const source = (type: string, names: string, shaped: Readonly<Record<string, Shape>> = {}, named?: string): Shape =>
  fields(names, shaped, (found, value) => {
    const name = named === undefined ? undefined : value[named];
    found.volumes.push({ type, source: typeof name === "string" ? name : "" });
  });

const projection = fields("configMap downwardAPI", {
  secret: fields("items optional", { name: secretName }),
  serviceAccountToken: source("serviceAccountToken", "expirationSeconds path", { audience: text }, "audience"),
  clusterTrustBundle: source("clusterTrustBundle", "name signerName labelSelector optional path"),
});

export const volume = fields("name", {
  configMap: source("configMap", "items optional defaultMode", { name: text }, "name"),
  secret: source("secret", "items optional defaultMode", { secretName }, "secretName"),
  emptyDir: source("emptyDir", "medium sizeLimit"),
  persistentVolumeClaim: source("persistentVolumeClaim", "readOnly", { claimName: text }, "claimName"),
  downwardAPI: source("downwardAPI", "items defaultMode"),
  projected: source("projected", "defaultMode", { sources: list(projection) }),
  ephemeral: source("ephemeral", "", { volumeClaimTemplate: fields("", { metadata: labelsOnly, spec: claimSpec }) }),
  hostPath: source("hostPath", "type", { path: text }, "path"),
  nfs: source("nfs", "path readOnly", { server: text }, "server"),
  csi: source(
    "csi",
    "fsType readOnly volumeAttributes",
    { driver: text, nodePublishSecretRef: fields("", { name: secretName }) },
    "driver",
  ),
  image: source("image", "pullPolicy", { reference: image }, "reference"),
});
