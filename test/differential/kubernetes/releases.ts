// Releases as helm stores them, for the recording API: two revisions of whatever is asked for.
import { gzipSync } from "node:zlib";
import { type ApiRequest, missing, missingName } from "./api.ts";

const manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  a: b\n";

/** JSON, gzip, base64, and base64 again as every Secret. */
function revision(name: string, number: number, namespace: string) {
  const status = number === 2 ? "deployed" : "superseded";
  const at = `2026-01-0${number}T00:00:00Z`;
  const release = {
    name,
    version: number,
    namespace,
    manifest,
    chart: { metadata: { name: "web", version: `1.0.${number}`, appVersion: "1", apiVersion: "v2" } },
    info: { status, notes: "notes", description: "stub", first_deployed: at, last_deployed: at },
  };
  const stored = gzipSync(JSON.stringify(release)).toString("base64");
  return {
    apiVersion: "v1",
    kind: "Secret",
    type: "helm.sh/release.v1",
    metadata: {
      name: `sh.helm.release.v1.${name}.v${number}`,
      namespace,
      labels: { owner: "helm", name, version: String(number), status },
    },
    data: { release: Buffer.from(stored).toString("base64") },
  };
}

/** Answers about helm's storage; undefined for everything else. */
export function releaseAnswers({ method, query, place }: ApiRequest): unknown {
  if (place?.kind.resource !== "secrets") return undefined;
  const namespace = place.namespace ?? "default";
  // What is stored comes back as a revision: helm sends protobuf, which is not read here.
  if (method !== "GET") return revision("web-1", 3, namespace);
  if (place.name !== undefined) {
    const [, name = "", number = "0"] = /^sh\.helm\.release\.v1\.(.+)\.v([12])$/.exec(place.name) ?? [];
    return name === "" || name === missingName ? missing : revision(name, Number(number), namespace);
  }
  const [, only] = /(?:^|,)name=([^,]*)/.exec(query.get("labelSelector") ?? "") ?? [];
  const names = only === undefined ? ["a", "web-1"] : only === missingName ? [] : [only];
  const items = names.flatMap((name) => [revision(name, 1, namespace), revision(name, 2, namespace)]);
  return { kind: "SecretList", apiVersion: "v1", metadata: { resourceVersion: "1" }, items };
}
