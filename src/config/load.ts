// Environment + files → one frozen Config, or one StartError that lists every problem.
import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import path from "node:path";
import type { Endpoints } from "../domain/command.ts";
import { StartError } from "../errors.ts";
import type { Config, PrincipalKeys } from "./config.ts";
import { type Environment, parseEnvironment, secretVariables } from "./environment.ts";
import { isLoopback } from "./loopback.ts";
import { checkPrincipals, hashKey, parsePrincipals } from "./principals.ts";
import { demands } from "./together.ts";

/** The folder that package.json stands in. */
export const projectFolder = path.resolve(import.meta.dirname, "../..");

/** The policy that comes with AI SRE. */
export const shippedPolicy = path.join(projectFolder, "policies/build");

/** Where binaries are looked for unless the operator names other folders. */
const standardPath = `${projectFolder}/.tools/bin:/usr/local/bin:/usr/bin:/bin`;

/** Largest request body and WebSocket frame: what a manifest may weigh, and room around it. */
const maxBodyBytes = 1024 * 1024;

export interface LoadOptions {
  /** Standard output carries the protocol, and no address is bound. */
  readonly stdio?: boolean;
}

/**
 * Reads the environment (process.env unless given) and the files it names.
 * @throws StartError `invalid_configuration`
 */
export function loadConfig(
  raw: Readonly<Record<string, string | undefined>> = process.env,
  { stdio = false }: LoadOptions = {},
): Config {
  const problems: string[] = [];
  const parsed = parseEnvironment(withSecretFiles(raw, problems));
  if ("problems" in parsed) throw invalid([...problems, ...parsed.problems]);
  const { environment } = parsed;
  // What was read is not handed on by accident. /proc still shows it: a file is better.
  for (const name of secretVariables) if (raw === process.env) delete process.env[name];
  const others = principalsOfKeys(environment);
  const principalsFile =
    environment.AISRE_PRINCIPALS_FILE === undefined ? undefined : { path: environment.AISRE_PRINCIPALS_FILE, others };
  const principals = principalsFile === undefined ? others : readPrincipals(principalsFile, problems);
  const secretKey = readSecretKey(environment, problems);
  const dataFile = readOptional("AISRE_POLICY_DATA", environment.AISRE_POLICY_DATA, problems);
  const publicKeys = readOptional("AISRE_POLICY_PUBLIC_KEY", environment.AISRE_POLICY_PUBLIC_KEY, problems);
  const given = { environment, exporters: exportersOf(raw), stdio };
  problems.push(...demands.filter(({ isMet }) => !isMet(given)).map(({ variable, says }) => `${variable}: ${says}`));
  if (principalsFile === undefined) problems.push(...checkPrincipals(principals));
  if (problems.length > 0) throw invalid(problems);
  return Object.freeze({
    server: {
      host: environment.MCP_SERVER_HOST,
      port: environment.MCP_SERVER_PORT,
      ...(environment.METRICS_PORT === undefined ? {} : { metricsPort: environment.METRICS_PORT }),
      allowedHosts: ["localhost", "127.0.0.1", "[::1]", ...environment.AISRE_ALLOWED_HOSTS],
      allowedOrigins: environment.AISRE_ALLOWED_ORIGINS,
      maxBodyBytes,
    },
    principals,
    ...(principalsFile === undefined ? {} : { principalsFile }),
    secretKey: secretKey ?? randomBytes(32),
    secretKeyGenerated: secretKey === undefined,
    policy: {
      folder: environment.AISRE_POLICY ?? shippedPolicy,
      ...(dataFile === undefined ? {} : { dataFile }),
      ...(environment.AISRE_POLICY_DATA === undefined ? {} : { dataPath: environment.AISRE_POLICY_DATA }),
      ...(environment.AISRE_POLICY_SHADOW === undefined ? {} : { shadowFolder: environment.AISRE_POLICY_SHADOW }),
      ...(publicKeys === undefined ? {} : { publicKeys }),
      ...(environment.AISRE_POLICY_REVISION === undefined ? {} : { revision: environment.AISRE_POLICY_REVISION }),
      environmentLayer: {
        ...(environment.FLUX_NAMESPACE === undefined ? {} : { flux_namespace: environment.FLUX_NAMESPACE }),
        ...(environment.GITHUB_REPO === undefined ? {} : { repositories: [environment.GITHUB_REPO] }),
        ...hostsOf(environment),
      },
      endpoints: endpointsOf(environment),
    },
    serverUrl: environment.GITHUB_SERVER_URL,
    ...(environment.GITHUB_REPO === undefined
      ? {}
      : {
          workspace: {
            repository: environment.GITHUB_REPO,
            ...(environment.AISRE_WORKSPACE === undefined ? {} : { folder: environment.AISRE_WORKSPACE }),
          },
        }),
    audit: {
      fsync: environment.AISRE_AUDIT_FSYNC,
      ...(environment.AISRE_AUDIT_FILE === undefined ? {} : { file: environment.AISRE_AUDIT_FILE }),
    },
    approvalLedger: environment.AISRE_APPROVAL_LEDGER,
    execution: {
      toolPath: (environment.AISRE_TOOL_PATH ?? standardPath).split(":"),
      sandbox: environment.AISRE_SANDBOX,
      // The helper is no tool: whoever names other folders for the tools does not lose it.
      helperPath: [...(environment.AISRE_TOOL_PATH?.split(":") ?? []), ...standardPath.split(":")],
      ...(environment.KUBECONFIG === undefined ? {} : { kubeconfig: environment.KUBECONFIG }),
      ...inClusterOf(environment),
      ...(environment.KUBE_CONTEXT === undefined ? {} : { kubeContext: environment.KUBE_CONTEXT }),
      ...(environment.GITHUB_TOKEN === undefined ? {} : { githubToken: environment.GITHUB_TOKEN }),
      ...(environment.AISRE_MAX_CONCURRENCY === undefined ? {} : { maxConcurrency: environment.AISRE_MAX_CONCURRENCY }),
      maxQueue: environment.AISRE_MAX_QUEUE,
    },
    tracing: asksForTracing(raw),
    logLevel: environment.LOG_LEVEL,
  });
}

/**
 * For whoever is about to listen: the command line reads the same configuration and opens no port.
 * @throws StartError `insecure_bind`
 */
export function checkBind({ server: { host }, principals }: Pick<Config, "server" | "principals">): void {
  if (isLoopback(host) || principals.length > 0) return;
  throw new StartError(
    "insecure_bind",
    `MCP_SERVER_HOST=${host} can be reached by other machines: set MCP_API_KEY or AISRE_PRINCIPALS_FILE, or bind 127.0.0.1`,
  );
}

/** Where Kubernetes mounts a pod's service account. */
const serviceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

/** A kubeconfig, when there is one, says more than the pod's surroundings. */
function inClusterOf({ KUBECONFIG, KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port }: Environment) {
  if (KUBECONFIG !== undefined || host === undefined) return {};
  const name = isIP(host) === 6 ? `[${host}]` : host;
  return { inCluster: { server: `https://${name}:${port}`, folder: serviceAccountFolder } };
}

const endpointsOf = ({ PROMETHEUS_URL, ALERTMANAGER_URL }: Environment): Endpoints => ({
  ...(PROMETHEUS_URL === undefined ? {} : { prometheus: PROMETHEUS_URL }),
  ...(ALERTMANAGER_URL === undefined ? {} : { alertmanager: ALERTMANAGER_URL }),
});

/** Site data's `hosts`: both servers, to be read only. */
function hostsOf(environment: Environment) {
  const urls = Object.values(endpointsOf(environment));
  return urls.length === 0 ? {} : { hosts: urls.map((url) => ({ url, methods: ["GET", "HEAD"] })) };
}

const invalid = (problems: readonly string[]) => new StartError("invalid_configuration", problems.join("\n"));

/** NAME_FILE → NAME, so that a secret can be mounted instead of put into the environment. */
function withSecretFiles(raw: Readonly<Record<string, string | undefined>>, problems: string[]) {
  const merged: Record<string, string | undefined> = { ...raw };
  for (const name of secretVariables) {
    const file = raw[`${name}_FILE`];
    if (file === undefined || file === "") continue;
    if (raw[name] !== undefined && raw[name] !== "") problems.push(`${name}: set either ${name} or ${name}_FILE`);
    merged[name] = readOptional(`${name}_FILE`, file, problems)?.trim();
    // An empty value counts as absent: without this, a secret that was not mounted would open the door to everybody.
    if (merged[name] === "") problems.push(`${name}_FILE: ${file} is empty`);
  }
  return merged;
}

function readOptional(name: string, file: string | undefined, problems: string[]): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    problems.push(`${name}: cannot read ${file} (${code})`);
    return undefined;
  }
}

/** Those of the two variables. */
function principalsOfKeys({ MCP_API_KEY, MCP_APPROVER_KEY }: Environment): readonly PrincipalKeys[] {
  const principals: PrincipalKeys[] = [];
  if (MCP_API_KEY !== undefined) {
    principals.push({ id: "n8n", roles: ["operator"], keySha256: [hashKey(MCP_API_KEY)] });
  }
  if (MCP_APPROVER_KEY !== undefined) {
    principals.push({ id: "approver", roles: ["approver"], keySha256: [hashKey(MCP_APPROVER_KEY)] });
  }
  return principals;
}

/** All principals, as the file has them now. What is wrong with it, or with them together, goes to the problems. */
export function readPrincipals(
  { path: file, others }: NonNullable<Config["principalsFile"]>,
  problems: string[],
): readonly PrincipalKeys[] {
  const text = readOptional("AISRE_PRINCIPALS_FILE", file, problems);
  if (text === undefined) return others;
  const fromFile = parsePrincipals(text);
  if ("problems" in fromFile) {
    problems.push(...fromFile.problems.map((problem) => `AISRE_PRINCIPALS_FILE: ${problem}`));
    return others;
  }
  const principals = [...others, ...fromFile.principals];
  problems.push(...checkPrincipals(principals));
  return principals;
}

/** The file's secret, hashed to 32 bytes, so that hex, base64 and raw bytes all do. */
function readSecretKey(environment: Environment, problems: string[]): Buffer | undefined {
  const text = readOptional("AISRE_SECRET_KEY_FILE", environment.AISRE_SECRET_KEY_FILE, problems)?.trim();
  if (text === undefined) return undefined;
  if (text.length < 32) problems.push("AISRE_SECRET_KEY_FILE: must hold at least 32 characters");
  return hashSecret(text);
}

/** The 32 bytes that a secret key's file comes to. */
export const hashSecret = (text: string): Buffer => createHash("sha256").update(text.trim(), "utf8").digest();

/** OTEL_TRACES_EXPORTER is a list, comma-separated. */
const exportersOf = (raw: Readonly<Record<string, string | undefined>>): readonly string[] =>
  (raw["OTEL_TRACES_EXPORTER"] ?? "").split(",").map((name) => name.trim());

/** True when OpenTelemetry's own variables name an exporter or an endpoint, and do not switch it off. */
function asksForTracing(raw: Readonly<Record<string, string | undefined>>): boolean {
  if (raw["OTEL_SDK_DISABLED"]?.toLowerCase() === "true") return false;
  const exporter = raw["OTEL_TRACES_EXPORTER"];
  if (exporter !== undefined && exporter !== "") return exporter !== "none";
  return Boolean(raw["OTEL_EXPORTER_OTLP_ENDPOINT"]) || Boolean(raw["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"]);
}
