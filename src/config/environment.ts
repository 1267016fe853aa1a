// The environment variables we read, as one strict schema. Only this room reads process.env.
import { closestMatch } from "leven";
import * as z from "zod";
import { fsyncPolicies } from "../domain/audit.ts";
import { sandboxModes } from "../domain/sandbox.ts";

/** Text that looks like `form`. The form is what a refusal names, and what docs/configuration.md shows. */
const text = (pattern: RegExp, form: string) => z.string().regex(pattern, `must be ${form}`).meta({ title: form });
const file = z.string().min(1).meta({ title: "path of a file" });
const folder = z.string().min(1).meta({ title: "path of a folder" });
/** Digits only: Number() would also take " ", "0x50" and "1e3". */
const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^[0-9]{1,6}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .pipe(z.int().min(min).max(max))
    .meta({ title: `whole number, ${min} to ${max}` });
const port = whole(0, 65_535);
const count = (max: number) => whole(1, max);
/** Comma-separated. An item that could never match is a mistake, not an item. */
const list = (item: RegExp, looksLike: string) =>
  z
    .string()
    .transform((given) =>
      given
        .split(",")
        .map((one) => one.trim())
        .filter((one) => one !== ""),
    )
    .pipe(z.array(z.string().regex(item, `must look like ${looksLike}`)))
    .meta({ title: `list with commas; each like ${looksLike}` });
const hosts = list(/^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])$/i, "ai-sre or ai-sre.example.com, without scheme and port");
const origins = list(/^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@*]+$/i, "https://n8n.example.com, without a path");
const key = z
  .string()
  .min(16, "must have at least 16 characters")
  .regex(/^[\x21-\x7e]+$/, "must be printable ASCII without blanks")
  .meta({ title: "printable ASCII without blanks, at least 16 characters" });
/** A place and nothing else: a login in it would stand in argument lists and in the audit. */
const placeUrl = z
  .url({ protocol: /^https?$/, error: "must be an http or https URL" })
  .refine((text) => !/[@?#]/.test(text), "must be a URL without login, query and fragment")
  .meta({ title: "http or https URL without login, query and fragment" });

/** The token is sent there: no login, query or path in it, and no plain http but to this machine. */
const forgeUrl = placeUrl
  .transform((text) => text.replace(/\/+$/, ""))
  .refine((text) => {
    const { protocol, hostname, origin } = new URL(text);
    return origin === text && (protocol === "https:" || /^(127\.0\.0\.1|localhost|\[::1\])$/.test(hostname));
  }, "must be https://HOST")
  .meta({ title: "https://HOST; plain http on loopback only" });

/** Every variable of ours with its meaning: docs/configuration.md is made from it. */
export const environmentSchema = z.object({
  MCP_SERVER_HOST: z
    .string()
    .min(1)
    .meta({ title: "address or host name" })
    .default("127.0.0.1")
    .describe("Address to listen on. Anything but loopback needs credentials."),
  MCP_SERVER_PORT: port
    .default(8080)
    .describe("Port of the MCP endpoints, the probes and, without METRICS_PORT, the metrics."),
  METRICS_PORT: port.optional().describe("Moves /metrics to a port of its own."),
  MCP_API_KEY: key.optional().describe("Bearer key of principal `n8n`, role `operator`."),
  MCP_APPROVER_KEY: key.optional().describe("Bearer key of principal `approver`, role `approver`."),
  AISRE_PRINCIPALS_FILE: file
    .optional()
    .describe("YAML list of principals: id, roles, key_sha256 (a list, so that keys can rotate)."),
  AISRE_SECRET_KEY_FILE: file
    .optional()
    .describe(
      "File with at least 32 characters of secret from which every signing key is derived. Made anew for each start when absent.",
    ),
  AISRE_ALLOWED_HOSTS: hosts
    .default([])
    .describe("Host names, comma-separated, that the MCP endpoints answer to besides localhost (the name n8n uses)."),
  AISRE_ALLOWED_ORIGINS: origins
    .default([])
    .describe("Browser origins, comma-separated, that may call the MCP endpoints."),
  AISRE_POLICY: folder.optional().describe("Folder of the policy bundle. Without it the one that comes with AI SRE."),
  AISRE_POLICY_DATA: file.optional().describe("YAML file of site data, laid over the bundle's."),
  AISRE_POLICY_SHADOW: folder
    .optional()
    .describe("Folder of a candidate bundle that is asked beside the policy on live calls. It decides nothing."),
  AISRE_POLICY_PUBLIC_KEY: file
    .optional()
    .describe(
      "PEM file with the public keys, one of which must have signed the bundle (`opa sign`). Without it a bundle needs no signature.",
    ),
  AISRE_POLICY_REVISION: text(/^[0-9]{1,15}(?:[-+._][A-Za-z0-9._+-]{0,64})?$/, "a bundle's revision, such as 42")
    .optional()
    .describe("The one revision of a signed bundle that may be used: to go back to an older one, or to stay with one."),
  AISRE_AUDIT_FILE: file.optional().describe("File for the audit records. Without it they go to standard output."),
  AISRE_AUDIT_FSYNC: z
    .enum(fsyncPolicies)
    .default("intents")
    .describe(
      "What is on the disk before a call goes on: `always` every record, `intents` what permits something to run (the rest within a second), `never` leaves it to the system.",
    ),
  AISRE_APPROVAL_LEDGER: z
    .enum(["memory", "kubernetes"])
    .default("memory")
    .describe(
      "Where it is kept which requests were decided and which grants were spent: `memory` for one replica, `kubernetes` as Leases in the server's own namespace, for several; that needs AISRE_SECRET_KEY_FILE.",
    ),
  AISRE_TOOL_PATH: z
    .string()
    .min(1)
    .meta({ title: "paths of folders" })
    .optional()
    .describe(
      "Folders, colon-separated, searched for binaries in this order. Without it the checkout's `.tools/bin`, then `/usr/local/bin`, `/usr/bin` and `/bin`.",
    ),
  AISRE_SANDBOX: z
    .enum(sandboxModes)
    .default("prefer")
    .describe(
      "Whether commands run in the OS sandbox: `require` refuses to start without it, `prefer` runs with what there is and says so on `/health`, `off` runs without.",
    ),
  AISRE_MAX_CONCURRENCY: count(64)
    .optional()
    .describe(
      "Commands that run at the same time. Without it what the container's memory and CPU bear: 4 of kubectl's size in 256 MB.",
    ),
  AISRE_MAX_QUEUE: count(1024)
    .default(16)
    .describe("Calls of all principals that may wait for a slot; one more is answered `busy`."),
  KUBECONFIG: file.optional().describe("Kubeconfig of the cluster."),
  KUBE_CONTEXT: z
    .string()
    .min(1)
    .meta({ title: "name of a context" })
    .optional()
    .describe("Context of that kubeconfig. Without it the current one."),
  KUBERNETES_SERVICE_HOST: text(/^[a-zA-Z0-9.:-]{1,253}$/, "a host")
    .optional()
    .describe(
      "Set by Kubernetes in every pod: without KUBECONFIG the cluster is this one, with the pod's service account.",
    ),
  KUBERNETES_SERVICE_PORT: port.default(443).describe("Set by Kubernetes beside it."),
  FLUX_NAMESPACE: text(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "a DNS-1123 label")
    .optional()
    .describe("Namespace of Flux (default flux-system): its objects may be read there, and it is protected."),
  GITHUB_TOKEN: text(/^[\x21-\x7e]+$/, "printable ASCII without blanks")
    .optional()
    .describe("What git and gh log in with, through the broker."),
  GITHUB_REPO: text(/^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/[A-Za-z0-9_.-]{1,100}$/, "OWNER/REPO")
    .optional()
    .describe("The repository that git and gh work on. Without it git has no work tree."),
  GITHUB_SERVER_URL: forgeUrl
    .default("https://github.com")
    .describe("Where the repository lives; git, gh and the token go there."),
  AISRE_WORKSPACE: folder
    .optional()
    .describe("Folder for the clone of the repository, a cache. Without it a folder that goes with the process."),
  PROMETHEUS_URL: placeUrl
    .optional()
    .describe("Prometheus: the monitoring tools ask it, and `curl` may GET and HEAD what lies at or below this URL."),
  ALERTMANAGER_URL: placeUrl
    .optional()
    .describe("Alertmanager: the monitoring tools ask it, and `curl` may GET and HEAD what lies at or below this URL."),
  LOG_LEVEL: z
    .enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"])
    .default("info")
    .describe("Least level that is logged, on standard error."),
});

export type Environment = z.output<typeof environmentSchema>;

/** Variables whose value may come from a file named by NAME_FILE. */
export const secretVariables = ["MCP_API_KEY", "MCP_APPROVER_KEY", "GITHUB_TOKEN"] as const;

type Problems = readonly string[];

/** Parses the environment; every problem is reported at once. Empty values count as absent. */
export function parseEnvironment(
  raw: Readonly<Record<string, string | undefined>>,
): { readonly environment: Environment } | { readonly problems: Problems } {
  const present = Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== undefined && value !== ""));
  const known = Object.keys(environmentSchema.shape);
  const fileVariants = secretVariables.map((name) => `${name}_FILE`);
  const unknown = Object.keys(present)
    .filter((name) => /^(AISRE_|MCP_)/.test(name) && !known.includes(name) && !fileVariants.includes(name))
    .map((name) => {
      const near = closestMatch(name, known, { maxDistance: 6 });
      return `${name}: unknown variable${near === undefined ? "" : `; did you mean ${near}?`}`;
    });
  const parsed = environmentSchema.safeParse(present);
  const invalid = parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  const problems = [...unknown, ...invalid];
  return problems.length > 0 || !parsed.success ? { problems } : { environment: parsed.data };
}
