// Reduces the operator's kubeconfig to one context and writes the server's own copy. Called once at start, by compose.
// Refuses plugins that run programs: a kubeconfig that starts processes is a second way round the gate.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse, stringify } from "yaml";
import { StartError } from "../errors.ts";

export interface KubeconfigRequest {
  /** KUBECONFIG as configured: one path, or several with the separator of kubectl; the first one that names a thing wins. */
  readonly source: string;
  /** Absent: the kubeconfig's own current context. */
  readonly context?: string;
  /** Where the copy goes, absolute. */
  readonly target: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** Fields that name a file; relative to the kubeconfig that they stand in. */
const fileFields = ["certificate-authority", "client-certificate", "client-key", "tokenFile"];
/** A user with one of these makes kubectl run a program, or a plugin of old. */
const pluginFields = ["exec", "auth-provider"];

/** Writes the copy, mode 0600, and answers the context's name; throws StartError when it cannot stand. */
export function writeKubeconfig({ source, context, target }: KubeconfigRequest): string {
  const files = source.split(path.delimiter).filter((file) => file !== "");
  const loaded = files.map(load);
  const name = context ?? loaded.map((config) => config["current-context"]).find(isName);
  if (name === undefined) throw refused("the kubeconfig has no current context: set KUBE_CONTEXT");

  const chosen = find(loaded, "contexts", "context", name);
  const cluster = chosen["cluster"];
  if (!isName(cluster)) throw refused(`context ${name} of the kubeconfig names no cluster`);
  const user = chosen["user"];
  const userFields = isName(user) ? find(loaded, "users", "user", user) : {};
  const plugin = pluginFields.find((field) => userFields[field] !== undefined && userFields[field] !== null);
  if (plugin !== undefined) {
    throw refused(
      `user ${String(user)} of the kubeconfig logs in by a plugin (${plugin}): give it a token or a certificate`,
    );
  }
  const copy = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    contexts: [{ name, context: chosen }],
    clusters: [{ name: cluster, cluster: find(loaded, "clusters", "cluster", cluster) }],
    users: isName(user) ? [{ name: user, user: userFields }] : [],
  };
  writeFileSync(target, stringify(copy), { mode: 0o600, flag: "wx" });
  return name;
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
      if (fileFields.includes(key) && isName(inner)) return [key, path.resolve(folder, inner)];
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
const isName = (value: unknown): value is string => typeof value === "string" && value !== "";

const refused = (detail: string): StartError => new StartError("invalid_configuration", detail);
