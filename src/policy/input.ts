// The policy input, as Rego sees it: one zod schema from which the TypeScript type and policies/schemas/input.json come.
// Built by to-input.ts; scripts/policy-schemas.ts writes the JSON schema. Never validated on the hot path: it is our own.
import * as z from "zod";

const text = z.string();
const texts = z.array(text);
const count = z.int().min(0);

const principal = z.strictObject({
  id: text,
  roles: texts,
  authenticated_by: z.enum(["bearer", "anonymous", "local"]),
});

const call = z.strictObject({
  tool: text,
  transport: z.enum(["http", "websocket", "stdio", "cli"]),
  dry_run: z.boolean(),
  reason: text.nullable().describe("The caller's own words."),
  approved_by: text.nullable().describe("The approver of a valid grant."),
});

const resource = z.strictObject({
  group: text.describe("API group; empty for the core group."),
  resource: text.describe("Plural, lower case."),
  name: text.describe("Empty for the collection."),
  namespace: text.describe("Empty for cluster-scoped objects."),
  name_match: z.enum(["exact", "prefix", "any"]),
  secondary: z.boolean().describe("Read besides what was named (describe node also reads pods)."),
});

const manifest = z.strictObject({
  api_version: text,
  kind: text,
  namespace: text.describe("Empty for cluster-scoped objects."),
  name: text,
  images: texts,
  secret_refs: texts.describe("Names of Secrets that it refers to, wherever it does."),
  service_account: text.describe("Empty when it names none."),
  automount_token: z.boolean().nullable().describe("What it says of automountServiceAccountToken; null for nothing."),
  host_namespaces: texts.describe("Of network, pid, ipc; port for host ports."),
  privileged: z.boolean().describe("A privileged container, or one whose confining profile is taken away."),
  capabilities: texts.describe("Linux capabilities that are added."),
  volumes: z.array(z.strictObject({ type: text, source: text })),
  command: z.array(texts).describe("What containers, probes and hooks start, where it says so."),
  owner: text.describe("Whose object it says it is (Kind/name, flux/NAME, helm/NAME); empty when nobody's."),
});

const command = z.strictObject({
  binary: text,
  verb: texts.describe("Empty for binaries without verbs."),
  effect: z.enum(["read", "workspace", "write", "destructive"]),
  egress: z.boolean().describe("The process itself talks to another host."),
  dry_run: z.boolean(),
  namespaces: texts.describe("Always explicit; empty when only cluster-scoped objects are named."),
  all_namespaces: z.boolean(),
  resources: z.array(resource),
  flags: z.record(text, texts).describe("Canonical name to values in order; a bare boolean is ['true']."),
  operands: texts,
  selectors: z.record(text, text),
  paths: z.array(z.strictObject({ path: text, mode: z.enum(["read", "write"]) })),
  urls: z.array(z.strictObject({ method: text, scheme: text, host: text, port: count, path: text })),
  programs: z.array(z.strictObject({ language: text, identifiers: texts })),
  manifests: z.array(manifest).optional().describe("Of a verb that reads manifests: every document."),
  replicas: count.optional().describe("Copies asked for; of several numbers 0 first, then the largest."),
  git: z
    .strictObject({
      remote: text.describe("Empty for what talks to no remote."),
      refs: z.array(
        z.strictObject({
          source: text.describe("An object id in a push, a revision elsewhere."),
          destination: text.describe("Full name of what is written, refs/heads/…; empty where nothing is."),
          force: z.boolean(),
        }),
      ),
      changed_paths: texts.describe(
        "What a push changes against the base branch: the first 129 paths, and it may change 128.",
      ),
    })
    .optional()
    .describe("Of git commands only."),
  repositories: texts.optional().describe("OWNER/REPO that git and gh work on."),
  stdin: z.strictObject({ from: z.enum(["none", "caller", "stage"]), bytes: count }),
  argv: texts.describe("What runs, rendered from the model."),
});

const object = z.strictObject({
  api_version: text,
  kind: text,
  namespace: text,
  name: text,
  secret_refs: texts.describe("Names of Secrets that it refers to."),
  service_account: text.describe("Empty when it names none."),
  automount_token: z.boolean().nullable(),
  owner: text.describe("Who keeps it (Kind/name, flux/NAME, helm/NAME); empty when nobody."),
});

const repository = z.strictObject({
  remote_url: text,
  clean: z.boolean().describe("No file of the work tree differs from HEAD."),
  head: text.describe("Object id."),
  base: text.describe("Object id of the remote's base branch."),
  refs: z.record(text, text).describe("Revision as it was named to object id."),
});

/** Contract: design section 5. Optional parts are absent, never null, unless null is written here. */
export const policyInputSchema = z.strictObject({
  schema_version: z.literal(1),
  principal,
  call,
  action: z.strictObject({ kind: z.enum(["command", "file_change", "server", "approve"]) }),
  step: z.strictObject({ index: count, length: count }),
  pipeline: z.strictObject({
    index: count,
    length: count,
    previous: text.nullable().describe("Binary of the stage before."),
    next: text.nullable().describe("Binary of the stage after."),
  }),
  command: command.optional(),
  file_change: z
    .strictObject({
      path: text.describe("Relative to the work tree."),
      operation: z.enum(["write", "delete"]),
      bytes: count,
    })
    .optional(),
  approve: z
    .strictObject({
      verdict: z.enum(["approve", "deny"]),
      requester: text.describe("Id of the principal that the plan would run for."),
      tool: text,
      effects: texts,
      namespaces: texts,
      roles: texts.describe("Of the request: one of them decides."),
      digest: text.describe("Of the whole plan."),
    })
    .optional()
    .describe("Of a verdict: the request that it is about."),
  credentials: texts.describe("Kinds of credentials found in arguments and standard input, sorted."),
  observed: z
    .strictObject({
      repository: repository.optional(),
      objects: z
        .array(object)
        .optional()
        .describe("What the manifests would change, as it is; what is not there is not listed."),
    })
    .describe("Outside facts, looked at just before."),
  site: z.strictObject({
    context: text,
    cluster_id: text,
    mode: z.enum(["normal", "read_only", "frozen"]),
    hour_utc: z.int().min(0).max(23),
    recent_changes: count,
  }),
});

export type PolicyInput = Readonly<z.infer<typeof policyInputSchema>>;
