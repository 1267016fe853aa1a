// Reduces the operator's kubeconfig to one context: where the cluster is and how it lets us in. Used by access.ts, at start and
// again whenever a file changed. Refuses plugins that run programs: a kubeconfig that starts processes is a second way round
// the gate.
import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { StartError } from "../errors.ts";

export interface KubeconfigSource {
  /** KUBECONFIG as configured: one path, or several with the separator of kubectl; the first one that names a thing wins. */
  readonly source: string;
  /** Absent: the kubeconfig's own current context. */
  readonly context?: string;
}

export type Fields = Readonly<Record<string, unknown>>;

/** One context, with absolute paths. */
export interface ChosenContext {
  readonly name: string;
  /** What the context says besides its cluster and its user: the namespace of commands that name none. */
  readonly namespace?: string;
  readonly cluster: Fields;
  readonly user: Fields;
  /** The kubeconfig's own files. */
  readonly files: readonly string[];
}

/** Fields that name a file; relative to the kubeconfig that they stand in. */
const fileFields = ["certificate-authority", "client-certificate", "client-key", "tokenFile"];
/** A user with one of these makes kubectl run a program, or a plugin of old. */
const pluginFields = ["exec", "auth-provider"];
/** What we do not do: become somebody else, or reach the API server through a proxy of the operator's. */
const foreignFields = { user: ["as", "as-uid", "as-groups", "as-user-extra"], cluster: ["proxy-url"] } as const;

/** @throws StartError `invalid_configuration` when it cannot stand */
export function readKubeconfig({ source, context }: KubeconfigSource): ChosenContext {
  const files = source.split(path.delimiter).filter((file) => file !== "");
  const loaded = files.map(load);
  const name = context ?? loaded.map((config) => config["current-context"]).find(isText);
  if (name === undefined) throw refused("the kubeconfig has no current context: set KUBE_CONTEXT");

  const chosen = find(loaded, "contexts", "context", name);
  const clusterName = chosen["cluster"];
  if (!isText(clusterName)) throw refused(`context ${name} of the kubeconfig names no cluster`);
  const userName = chosen["user"];
  const user = isText(userName) ? find(loaded, "users", "user", userName) : {};
  const plugin = pluginFields.find((field) => isSet(user[field]));
  if (plugin !== undefined) {
    throw refused(
      `user ${String(userName)} of the kubeconfig logs in by a plugin (${plugin}): give it a token or a certificate`,
    );
  }
  const cluster = find(loaded, "clusters", "cluster", clusterName);
  const foreign =
    foreignFields.user.find((field) => isSet(user[field])) ??
    foreignFields.cluster.find((field) => isSet(cluster[field]));
  if (foreign !== undefined) throw refused(`the kubeconfig's ${foreign} is not supported: leave it out`);
  const namespace = chosen["namespace"];
  return { name, ...(isText(namespace) ? { namespace } : {}), cluster, user, files };
}

function load(file: string): Fields {
  try {
    const value: unknown = parse(readFileSync(file, "utf8"));
    if (!isFields(value)) throw new TypeError("it is not a map");
    const folder = path.dirname(path.resolve(file));
    return { ...value, ...entriesWithPaths(value, folder) };
  } catch (error) {
    // The parser quotes the line it fails on, which may hold a token: only its code is told.
    const code = error instanceof Error && "code" in error ? String(error.code) : "not a kubeconfig";
    throw refused(`the kubeconfig ${file} cannot be read (${code})`);
  }
}

function entriesWithPaths(config: Fields, folder: string): Fields {
  const resolve = (value: unknown): unknown => {
    if (!isFields(value)) return value;
    const pairs = Object.entries(value).map(([key, inner]): [string, unknown] => {
      if (fileFields.includes(key) && isText(inner)) return [key, path.resolve(folder, inner)];
      return [key, key === "cluster" || key === "user" ? resolve(inner) : inner];
    });
    return Object.fromEntries(pairs);
  };
  const lists = ["clusters", "users"].map((list) => [list, entries(config, list).map(resolve)]);
  return Object.fromEntries(lists);
}

function find(configs: readonly Fields[], list: string, field: string, name: string): Fields {
  const entry = configs.flatMap((config) => entries(config, list)).find((entry) => entry["name"] === name);
  const value = entry?.[field];
  if (!isFields(value)) throw refused(`the kubeconfig has no ${field} named ${name}`);
  return value;
}

const entries = (config: Fields, list: string): readonly Fields[] => {
  const value = config[list];
  return Array.isArray(value) ? value.filter(isFields) : [];
};

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isSet = (value: unknown): boolean => value !== undefined && value !== null;
export const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

export const refused = (detail: string): StartError => new StartError("invalid_configuration", detail);
