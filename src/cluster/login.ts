// One context of a kubeconfig, or a pod's service account → the API server's address and what lets us in, read from the files
// they stand in. Used by access.ts; nothing of it ever reaches a child.
import { readFileSync } from "node:fs";
import type { Upstream, UpstreamTls } from "../domain/upstream.ts";
import { type ChosenContext, type Fields, isText, refused } from "./kubeconfig.ts";

/** What Kubernetes mounts into every pod that has a service account. */
export interface InCluster {
  /** https://HOST:PORT of the API server. */
  readonly server: string;
  /** Folder with `token` and `ca.crt`. */
  readonly folder: string;
}

export interface Login {
  readonly upstream: Upstream;
  /** Every file it was read from. */
  readonly files: readonly string[];
}

/** @throws StartError `invalid_configuration` */
export function loginOf({ cluster, user, files }: ChosenContext): Login {
  const read: string[] = [...files];
  const text = (file: string): string => {
    read.push(file);
    return readText(file);
  };
  /** `field-data` holds base64, `field` a path; the data wins, as in client-go. */
  const pem = (fields: Fields, field: string): string | undefined => {
    const data = fields[`${field}-data`];
    if (isText(data)) return Buffer.from(data, "base64").toString("utf8");
    const file = fields[field];
    return isText(file) ? text(file) : undefined;
  };
  const server = cluster["server"];
  if (!isText(server)) throw refused("the kubeconfig's cluster has no server");
  const url = placeOf(server);
  const authorities = pem(cluster, "certificate-authority");
  const certificate = pem(user, "client-certificate");
  const key = pem(user, "client-key");
  const serverName = cluster["tls-server-name"];
  const tls: UpstreamTls = {
    verify: cluster["insecure-skip-tls-verify"] !== true,
    ...(authorities === undefined ? {} : { authorities }),
    ...(isText(serverName) ? { serverName } : {}),
    ...(certificate === undefined || key === undefined ? {} : { certificate, key }),
  };
  const tokenFile = user["tokenFile"];
  const token = isText(tokenFile) ? text(tokenFile).trim() : user["token"];
  const authorization = isText(token) ? `Bearer ${token}` : basic(user);
  // As client-go does: a token is not said over plain http. On loopback nobody else hears it.
  const mayLogIn = authorization !== undefined && (url.startsWith("https:") || isLoopback(url));
  return { upstream: { url, tls, ...(mayLogIn ? { authorization } : {}) }, files: read };
}

/** @throws StartError `invalid_configuration` when the mounted files are not there */
export function inClusterLogin({ server, folder }: InCluster): Login {
  const files = [`${folder}/token`, `${folder}/ca.crt`] as const;
  const [token, authorities] = [readText(files[0]).trim(), readText(files[1])];
  return {
    upstream: { url: placeOf(server), tls: { verify: true, authorities }, authorization: `Bearer ${token}` },
    files,
  };
}

function placeOf(server: string): string {
  const url = URL.parse(server);
  if (url === null || !/^https?:$/.test(url.protocol) || /[@?#]/.test(server)) {
    throw refused("the kubeconfig's server is no http or https URL without login, query and fragment");
  }
  return url.href.replace(/\/+$/, "");
}

function basic({ username, password }: Fields): string | undefined {
  if (!isText(username) || !isText(password)) return undefined;
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

const isLoopback = (url: string): boolean => /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(new URL(url).hostname);

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    throw refused(`${file}, which the cluster's login needs, cannot be read (${code})`);
  }
}
