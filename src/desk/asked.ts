// One call that the desk is asked about, a line of `ai-sre policy check`: its shape, and the call and the observation that it
// stands for. Used by every subcommand of `ai-sre policy` that judges.
import * as z from "zod";
import { roles } from "../domain/principal.ts";
import { type Assumption, assumedObservation } from "../gate/assume.ts";

/** Unknown keys are ignored: a corpus has columns of its own. */
export const askedSchema = z.object({
  id: z.unknown().optional(),
  tool: z.string(),
  /** As over MCP: a call without arguments has none. */
  arguments: z.unknown().optional(),
  principal: z
    .object({ id: z.string().default("policy-check"), roles: z.array(z.enum(roles)).default(["operator"]) })
    .prefault({}),
  observed: z
    .object({
      repository: z
        .object({
          remote_url: z.string(),
          clean: z.boolean(),
          head: z.string(),
          base: z.string(),
          refs: z.record(z.string(), z.string()),
        })
        .partial()
        .optional(),
      request: z
        .object({
          requester: z.string().default("n8n"),
          tool: z.string().default("kubectl_scale"),
          effects: z.array(z.enum(["read", "workspace", "write", "destructive"])).default(["write"]),
          namespaces: z.array(z.string()).default(["default"]),
          roles: z.array(z.string()).default(["approver"]),
        })
        .optional(),
      changed_paths: z.array(z.string()).optional(),
      objects: z
        .array(
          z.object({
            api_version: z.string(),
            kind: z.string(),
            namespace: z.string().default("default"),
            name: z.string(),
            secret_refs: z.array(z.string()).default([]),
            service_account: z.string().default(""),
            automount_token: z.boolean().nullable().default(null),
            owner: z.string().default(""),
          }),
        )
        .optional(),
    })
    .prefault({}),
});

export type Asked = z.output<typeof askedSchema>;

export const toCall = ({ tool, arguments: raw, principal }: Asked) => ({
  callId: "policy-check",
  tool,
  arguments: raw,
  principal: { ...principal, authenticatedBy: "local" as const },
  transport: "cli" as const,
});

/** What the line says was observed; a clean clone of the site's repository where it says nothing. */
export function toObserved({ observed: { repository, request, changed_paths, objects } }: Asked, assumed: Assumption) {
  const { remote_url, clean, head, base, refs } = repository ?? {};
  const seen = {
    ...(remote_url === undefined ? {} : { remoteUrl: remote_url }),
    ...(clean === undefined ? {} : { clean }),
    ...(head === undefined ? {} : { head }),
    ...(base === undefined ? {} : { base }),
    ...(refs === undefined ? {} : { refs }),
  };
  return assumedObservation(assumed, {
    ...(repository === undefined ? {} : { repository: seen }),
    ...(request === undefined ? {} : { request }),
    ...(changed_paths === undefined ? {} : { changedPaths: changed_paths }),
    ...(objects === undefined ? {} : { objects: objects.map(toObject) }),
  });
}

type GivenObject = NonNullable<Asked["observed"]["objects"]>[number];

const toObject = (given: GivenObject) => ({
  apiVersion: given.api_version,
  kind: given.kind,
  namespace: given.namespace,
  name: given.name,
  secretRefs: given.secret_refs,
  serviceAccount: given.service_account,
  automountToken: given.automount_token,
  owner: given.owner,
});
