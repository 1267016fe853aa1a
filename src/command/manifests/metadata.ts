// A document's metadata: its name, its namespace, and whose object it says it is. Left out, and so refused: generateName,
// finalizers, deletion marks.
import type { Findings } from "./findings.ts";
import { isList, isMap, type Json, type JsonMap, ManifestError } from "./json.ts";
import { isObjectName } from "../values.ts";
import { check, fields, list, text, textual } from "./shape.ts";

/** What the API server writes itself comes with every exported object, and is ignored by it. */
const metadataShape = fields("creationTimestamp generation resourceVersion uid selfLink managedFields", {
  name: text,
  namespace: text,
  labels: textual,
  annotations: textual,
  ownerReferences: list(fields("apiVersion uid controller blockOwnerDeletion", { kind: text, name: text })),
});

export interface Metadata {
  readonly name: string;
  /** As written; undefined when it is not. */
  readonly namespace: string | undefined;
  readonly owner: string;
}

export function readMetadata(value: Json | undefined, found: Findings): Metadata {
  if (!isMap(value)) throw new ManifestError("has an object without metadata", "metadata");
  check(metadataShape, value, "metadata", found);
  const { name, namespace } = value;
  if (typeof name !== "string" || !isObjectName(name))
    throw new ManifestError("has an object without a name that an object can have", "metadata.name");
  noteAnnotations(value["annotations"] ?? null, found);
  return { name, namespace: typeof namespace === "string" ? namespace : undefined, owner: ownerOf(value) };
}

const mapAt = (value: JsonMap, key: string): JsonMap => {
  const map = value[key];
  return isMap(map) ? map : {};
};

/** Labels and annotations by which the tools that own an object find it again. */
const labelMarks: readonly (readonly [key: string, owner: string])[] = [
  ["kustomize.toolkit.fluxcd.io/name", "flux"],
  ["helm.toolkit.fluxcd.io/name", "flux"],
  ["argocd.argoproj.io/instance", "argocd"],
];
const annotationMarks: readonly (readonly [key: string, owner: string])[] = [
  ["meta.helm.sh/release-name", "helm"],
  ["argocd.argoproj.io/tracking-id", "argocd"],
];

/** Whose object it says it is; "" when nobody's. */
export function ownerOf(metadata: JsonMap): string {
  const references = metadata["ownerReferences"];
  const owners = isList(references)
    ? references.filter(isMap).map((one) => `${say(one["kind"])}/${say(one["name"])}`)
    : [];
  const marked = (marks: typeof labelMarks, from: JsonMap) =>
    marks.filter(([key]) => from[key] !== undefined).map(([key, owner]) => `${owner}/${say(from[key])}`);
  const labels = mapAt(metadata, "labels");
  const managed = /^helm$/i.test(say(labels["app.kubernetes.io/managed-by"])) ? ["helm/"] : [];
  return [
    ...owners,
    ...marked(labelMarks, labels),
    ...marked(annotationMarks, mapAt(metadata, "annotations")),
    ...managed,
  ].join(",");
}

const say = (value: Json | undefined): string => (typeof value === "string" ? value : "");

/** Annotations that are settings: profiles that are taken away, and secrets that an injector would bring. */
export function noteAnnotations(annotations: Json, found: Findings): void {
  if (!isMap(annotations)) return;
  for (const [key, value] of Object.entries(annotations)) {
    if (/^(container\.apparmor\.security\.beta|(container\.)?seccomp\.security\.alpha)\.kubernetes\.io/.test(key))
      found.privileged ||= value === "unconfined";
    if (key.startsWith("vault.hashicorp.com/")) found.secretRefs.add(key);
  }
}
