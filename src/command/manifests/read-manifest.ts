// A manifest's text → its documents as facts, and the text that kubectl gets: JSON rendered from what was understood, one
// document after the other, so that no two readers of YAML can differ. Used by operands/manifest.ts. Pure.
import type { ManifestFacts, ResourceKind, ResourceReference } from "../../domain/command.ts";
import { reference } from "../kubectl/references.ts";
import type { KindTable } from "../kubectl/resources.ts";
import { nearest } from "../nearest.ts";
import { Findings } from "./findings.ts";
import { guessFacts } from "./guess-facts.ts";
import { isList, isMap, type Json, type JsonMap, ManifestError, type ManifestProblem } from "./json.ts";
import { kindShapes } from "./kind-shapes.ts";
import { readMetadata } from "./metadata.ts";
import { readYaml } from "./read-yaml.ts";
import { check } from "./shape.ts";

/** More documents are a deployment, not a repair. */
const maxDocuments = 50;

export interface ReadManifest {
  readonly manifests: readonly ManifestFacts[];
  readonly resources: readonly ResourceReference[];
  /** Of the numbers of copies it asks for: 0 if one of them is, otherwise the largest. */
  readonly replicas?: number;
  readonly text: string;
}

export interface ManifestContext {
  readonly kinds: KindTable;
  /** The one that the command works in. */
  readonly namespace: string;
}

/** Never throws for what a caller sent. */
export function readManifest(source: string, context: ManifestContext): ReadManifest | ManifestProblem {
  // What stands for a secret in an answer is no value: applied, it would take the secret's place, and it would hide what changes.
  if (source.includes("[redacted:")) return { problem: "holds a placeholder of redaction", token: "[redacted:" };
  try {
    return readAll(readYaml(source), context);
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    const { message: problem, token, hint } = error;
    return { problem, ...(token === undefined ? {} : { token }), ...(hint === undefined ? {} : { try: hint }) };
  }
}

function readAll(values: readonly Json[], context: ManifestContext): ReadManifest {
  const documents = values.flatMap((value) => flatten(value));
  if (documents.length === 0) throw new ManifestError("holds no object");
  if (documents.length > maxDocuments) throw new ManifestError(`holds more than ${maxDocuments} objects`);
  const read = documents.map((document) => readDocument(document, context));
  const asked = read.flatMap(({ replicas }) => replicas);
  const keys = new Set(read.map(({ resource: { group, resource, name } }) => `${group}/${resource}/${name}`));
  if (keys.size < read.length) throw new ManifestError("holds an object twice; which one holds would be a guess");
  return {
    manifests: read.map(({ facts }) => facts),
    resources: read.map(({ resource }) => resource),
    ...(asked.length === 0 ? {} : { replicas: asked.includes(0) ? 0 : Math.max(...asked) }),
    text: documents.map((document) => `${JSON.stringify(document)}\n`).join("---\n"),
  };
}

/** Lists become their items. kubectl takes anything with `items` for a list, whatever its kind says; so do we. */
function flatten(value: Json, inList = false): readonly JsonMap[] {
  if (!isMap(value)) throw new ManifestError("holds a document that is no object");
  if (!("items" in value)) return [value];
  const { kind, items } = value;
  const isPlainList = typeof kind === "string" && kind.endsWith("List") && isList(items) && !inList;
  const extra = Object.keys(value).find((key) => !["apiVersion", "kind", "metadata", "items"].includes(key));
  if (!isPlainList || !isList(items) || extra !== undefined)
    throw new ManifestError("has `items` where no list of objects is understood", extra ?? "items");
  return items.flatMap((item) => flatten(item, true));
}

function readDocument(document: JsonMap, { kinds, namespace: pinned }: ManifestContext) {
  const { apiVersion, kind } = kindOf(document, kinds);
  const found = new Findings();
  const { name, namespace: written, owner } = readMetadata(document["metadata"], found);
  const namespace = kind.namespaced ? pinned : "";
  if (written !== undefined && written !== namespace)
    throw new ManifestError(
      `is for the namespace ${written} and the command works in ${namespace === "" ? "none" : namespace}`,
      `namespace: ${written}`,
      kind.namespaced ? `--namespace=${written}` : "leave the namespace out",
    );
  const shape = kindShapes.get(`${kind.group}/${kind.kind}`);
  if (shape === undefined) guessFacts(document, found);
  else check(shape, document, "", found);
  const facts = found.toFacts({ apiVersion, kind: kind.kind, namespace, name, owner });
  return { facts, resource: reference(kind, name, namespace), replicas: found.replicas };
}

interface KindFound {
  readonly apiVersion: string;
  readonly kind: ResourceKind;
}

/** The kind that is known by exactly this name, in exactly this group. */
function kindOf({ apiVersion, kind }: JsonMap, kinds: KindTable): KindFound {
  if (typeof apiVersion !== "string" || typeof kind !== "string")
    throw new ManifestError("has an object without apiVersion and kind", "apiVersion, kind");
  const version = /^(?:([a-z0-9][a-z0-9.-]{0,252})\/)?v[0-9]{1,3}(?:(?:alpha|beta)[0-9]{1,3})?$/.exec(apiVersion);
  if (version === null) throw new ManifestError("has an apiVersion that no API has", apiVersion, "apps/v1");
  const candidates = kinds.get(kind.toLowerCase()) ?? [];
  const known = candidates.find((one) => one.kind === kind && one.group === (version[1] ?? ""));
  if (known !== undefined) return { apiVersion, kind: known };
  const [other] = candidates;
  const near =
    other === undefined ? nearestKind(kind, kinds) : `${other.group === "" ? "" : `${other.group}/`}v1 ${other.kind}`;
  throw new ManifestError(
    "has a kind that is not known here, or not of that group; site data can add kinds",
    `${apiVersion} ${kind}`,
    near,
  );
}

const nearestKind = (kind: string, kinds: KindTable): string | undefined =>
  nearest(kind, [...new Set([...kinds.values()].flat().map((one) => one.kind))]);
