// Site data: what an operator sets without touching Rego. One zod schema from which the type and policies/schemas/site.json
// come. Layers are merged in site-layers.ts; in the policy it stands at `data.site`.
import * as z from "zod";
import type { BudgetLimits, Quota } from "../domain/budgets.ts";
import type { ParseSettings } from "../domain/command.ts";
import { isPlaceUrl, toPlace } from "./places.ts";

const label = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "must be a DNS-1123 label");
const subdomain = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, "must be a lower-case DNS name");
const binary = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, "must be the plain name of a binary");
const milliseconds = z.int().min(100).max(55_000);

const repository = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/[A-Za-z0-9_.-]{1,100}$/, "must be OWNER/REPO");
const remote = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, "must be the plain name of a remote");
const branch = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._+-]*(\/[A-Za-z0-9_][A-Za-z0-9._+-]*)*$/, "must be the plain name of a branch");
const prefix = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._+/-]{0,99}\/$/, "must begin branches and end in `/`");
const protectedPath = z
  .string()
  .max(512)
  .regex(/^(?:\*\*\/)?[^*?/\p{Cc}][^*?\p{Cc}]*$/u, "must be a path, a folder with a final `/`, or `**/name`");

const kind = z.strictObject({
  group: z.union([z.literal(""), subdomain]).describe("API group; empty for the core group."),
  resource: label.describe("Plural, lower case."),
  kind: z
    .string()
    .regex(/^[A-Z][A-Za-z0-9]{0,62}$/, "must be a kind in CamelCase")
    .describe("CamelCase, as in a manifest."),
  short_names: z.array(label).max(8).default([]).describe("Other names that it may be called by."),
  namespaced: z.boolean().describe("Whether its objects live in a namespace."),
});

const host = z.strictObject({
  url: z
    .string()
    .refine(isPlaceUrl, "must be an http or https URL without login, query and fragment")
    .describe("An http or https URL without login, query and fragment; what lies below it is open too."),
  methods: z
    .array(z.enum(["GET", "HEAD", "POST", "PUT", "DELETE"]))
    .min(1)
    .max(5)
    .describe("GET and HEAD read; the others need a person."),
});

const limits = z.strictObject({
  timeout_ms: milliseconds.describe("Wall clock of a read."),
  change_timeout_ms: milliseconds.describe("Wall clock of a change."),
  cpu_ms: milliseconds.describe("CPU of one command, where the sandbox can hold it."),
  max_output_bytes: z
    .int()
    .min(1024)
    .max(8 * 1024 * 1024)
    .describe("What an answer may hold."),
  max_output_lines: z.int().min(10).max(1_000_000).describe("Lines of an answer."),
  max_line_bytes: z
    .int()
    .min(256)
    .max(8 * 1024 * 1024)
    .describe("What one line of an answer may hold; Prometheus answers in one line."),
  max_stdin_bytes: z
    .int()
    .min(0)
    .max(256 * 1024)
    .describe("Standard input that a caller may give, and a manifest."),
  temp_bytes: z
    .int()
    .min(0)
    .max(1024 * 1024 * 1024)
    .describe("What the temporary folder of one command may hold, where the sandbox can hold it."),
  max_processes: z.int().min(1).max(1024).describe("Processes of a command at once, where the sandbox can hold it."),
  cache_ttl_ms: z
    .int()
    .min(0)
    .max(2000)
    .describe("How old an answer to the same read may be that is given again; 0 for never."),
  approval_expires_s: z.int().min(30).max(86_400).describe("How long an approval request stays open."),
});

const quota = z
  .string()
  .regex(/^[1-9][0-9]{0,3}\/[1-9][0-9]{0,3}[smh]$/, "must be a number and a time such as 60/1m or 6/10m");

/** What a group of settings is for: said of the whole, and of the part of it that a layer gives. */
const about = {
  rateLimit: "How fast one principal may start commands; counted by each replica.",
  changeBudget: "How many changes may start in a time; counted by each replica.",
  limits: "What one command may take. A rule may make it less.",
} as const;

const rateLimit = z.strictObject({
  per_principal: quota.describe("Calls that start something, as NUMBER/TIME."),
  burst: z.int().min(1).max(9999).describe("How many of them may come at once."),
});

const changeBudget = z.strictObject({
  per_principal: quota.describe("Changes that start, as NUMBER/TIME."),
  per_namespace: quota.describe("The same in one namespace, whoever asks."),
});

/** Every key an operator may set. Lists are bounded: they are scanned in every evaluation. */
export const siteDataSchema = z.strictObject({
  mode: z
    .enum(["normal", "read_only", "frozen"])
    .describe("The emergency brake: read_only denies every effect but read, frozen all but health_check."),
  anonymous_role: z
    .enum(["viewer", "operator", "admin"])
    .describe("What a caller without a key may do, on loopback only."),
  toolsets: z
    .array(z.enum(["kubectl", "git", "gh", "flux", "helm", "monitoring", "cli", "server"]))
    .max(16)
    .describe("Which tools are listed."),
  binaries: z.array(binary).max(64).describe("Which binaries may run at all."),
  default_namespace: label.describe("The namespace a command works in when it names none."),
  flux_namespace: label.describe(
    "Where Flux lives: flux works there unless told otherwise, and its objects may be read there.",
  ),
  namespaces: z.array(label).max(256).describe("Namespaces that may be read and repaired."),
  protected_namespaces: z
    .array(label)
    .max(256)
    .describe("Namespaces in which every change needs a person, even when they are listed above."),
  cluster_resources: z.array(label).max(64).describe("Cluster-scoped resources that may be read."),
  kinds: z.array(kind).max(256).describe("Kinds that Kubernetes and Flux do not bring."),
  hosts: z.array(host).max(64).describe("Places that curl may ask: what lies at or below the URL, by these methods."),
  apply_kinds: z
    .array(
      z
        .string()
        .regex(
          /^([a-z0-9.-]{1,253}\/)?v[0-9][a-z0-9]{0,20}\/[A-Z][A-Za-z0-9]{0,62}$/,
          "must look like apps/v1/Deployment",
        ),
    )
    .max(64)
    .describe("Kinds that `kubectl apply` may change, as apiVersion/Kind."),
  max_replicas: z.int().min(1).max(100_000).describe("How many replicas a workload may be scaled to."),
  repositories: z
    .array(repository)
    .max(64)
    .describe("OWNER/REPO that git and gh may work on; the first is the clone's."),
  remotes: z.array(remote).max(8).describe("Remotes that git may talk to."),
  base_branch: branch.describe("What changes start from and pull requests go to."),
  branch_prefix: prefix.describe("Branches that may be pushed begin with this."),
  protected_paths: z
    .array(protectedPath)
    .max(128)
    .describe(
      "Files that no change may touch: a path, a folder with a final `/`, or a file's name in any folder as `**/name`.",
    ),
  rate_limit: rateLimit.describe(about.rateLimit),
  change_budget: changeBudget.describe(about.changeBudget),
  limits: limits.describe(about.limits),
});

export type SiteData = z.infer<typeof siteDataSchema>;

/** One layer: any part of site data. Maps may be given in part, lists are whole. */
export const siteLayerSchema = siteDataSchema.partial().extend({
  rate_limit: rateLimit.partial().optional().describe(about.rateLimit),
  change_budget: changeBudget.partial().optional().describe(about.changeBudget),
  limits: limits.partial().optional().describe(about.limits),
});

export type SiteLayer = z.infer<typeof siteLayerSchema>;

/** What the command room needs to know of the site. The same site data gives an equal answer; hold on to it. */
export function toParseSettings({
  default_namespace,
  flux_namespace,
  kinds,
  repositories,
  remotes,
  base_branch,
}: SiteData): ParseSettings {
  const [repository] = repositories;
  return {
    defaultNamespace: default_namespace,
    fluxNamespace: flux_namespace,
    kinds: kinds.map(({ short_names, ...kind }) => ({ ...kind, shortNames: short_names })),
    git: {
      ...(repository === undefined ? {} : { repository }),
      remote: remotes[0] ?? "origin",
      baseBranch: base_branch,
    },
  };
}

/** What the site allows in a time, as numbers; the same site data gives the same object. */
export function toBudgetLimits(siteData: SiteData): BudgetLimits {
  const held = budgetLimits.get(siteData);
  if (held !== undefined) return held;
  const { rate_limit: rate, change_budget: budget } = siteData;
  const made: BudgetLimits = {
    calls: { ...toQuota(rate.per_principal), burst: rate.burst },
    changesPerPrincipal: toQuota(budget.per_principal),
    changesPerNamespace: toQuota(budget.per_namespace),
  };
  budgetLimits.set(siteData, made);
  return made;
}

const budgetLimits = new WeakMap<SiteData, BudgetLimits>();
const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

/** `60/1m` → 60 in 60 000 ms. The schema has checked its shape. */
function toQuota(text: string): Quota {
  const [, count = "", time = "", unit = ""] = /^(\d+)\/(\d+)([smh])$/.exec(text) ?? [];
  return { count: Number(count), windowMs: Number(time) * (unitMs[unit] ?? Number.NaN) };
}

/** Site data as the rules see it at `data.site`: Rego compares, so URLs are read here. */
export function toPolicyData(siteData: SiteData): Readonly<Record<string, unknown>> {
  return { ...siteData, hosts: siteData.hosts.map((listed) => ({ ...listed, ...toPlace(listed.url) })) };
}
