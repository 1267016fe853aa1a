// A release as helm stores it → the objects that it consists of, so that a rollback changes these and no others. Used by check.ts,
// which reads the Secrets of the command's own release as they pass. What cannot be read gives no objects.
import { gunzipSync } from "node:zlib";
import { type Document, parseAllDocuments } from "yaml";
import { fieldsOf } from "../json-body.ts";
import { kindOf } from "./scope.ts";

/** What one revision may weigh unpacked; its Secret weighs 1 MiB at most. */
const maxReleaseBytes = 32 * 1024 * 1024;

/** `deployments.apps/web in default`. */
export type ObjectKey = string;

interface Place {
  readonly group: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

export const keyOf = ({ namespace, name, ...kind }: Place): ObjectKey => `${kindOf(kind)}/${name} in ${namespace}`;

/** Of an answer to `get` or `list` of Secrets, as JSON: the objects and hooks of every revision in it. */
export function objectsIn(answer: string): readonly ObjectKey[] {
  const body = parsed(answer);
  const items = Array.isArray(body["items"]) ? body["items"].map(fieldsOf) : [body];
  return items.flatMap((secret) => {
    const stored = fieldsOf(secret["data"])["release"];
    const release = typeof stored === "string" ? unpacked(stored) : {};
    const hooks = Array.isArray(release["hooks"]) ? release["hooks"].map(fieldsOf) : [];
    const home = typeof release["namespace"] === "string" ? release["namespace"] : "";
    return [release, ...hooks].flatMap(({ manifest }) =>
      typeof manifest === "string" ? objectsOf(manifest, home) : [],
    );
  });
}

/** JSON, gzip, base64, and base64 again as every Secret. */
function unpacked(stored: string) {
  try {
    const packed = Buffer.from(Buffer.from(stored, "base64").toString("latin1"), "base64");
    return parsed(gunzipSync(packed, { maxOutputLength: maxReleaseBytes }).toString("utf8"));
  } catch {
    return {};
  }
}

function parsed(text: string) {
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return {};
  }
}

function objectsOf(manifest: string, home: string): readonly ObjectKey[] {
  return parseAllDocuments(manifest).flatMap((document) => {
    const { apiVersion, kind, metadata } = document.errors.length === 0 ? contentOf(document) : {};
    const { name, namespace = home } = fieldsOf(metadata);
    if (![apiVersion, kind, name, namespace].every((field) => typeof field === "string")) return [];
    const [, group = ""] = String(apiVersion).split("/").reverse();
    return [keyOf({ group, resource: pluralOf(String(kind)), namespace: String(namespace), name: String(name) })];
  });
}

/** helm's own manifests have no aliases. */
function contentOf(document: Document.Parsed) {
  try {
    return fieldsOf(document.toJS({ maxAliasCount: 0 }));
  } catch {
    return {};
  }
}

/** As Kubernetes itself guesses it (meta.UnsafeGuessKindToResource). */
function pluralOf(kind: string): string {
  const word = kind.toLowerCase();
  if (word === "endpoints") return word;
  if (word.endsWith("s")) return `${word}es`;
  return word.endsWith("y") ? `${word.slice(0, -1)}ies` : `${word}s`;
}
