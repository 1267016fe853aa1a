// Who am I, what may I do: everybody who knows the simulated cluster's token is its administrator. Used by api.ts.
import { type Answer, failure } from "./answers.ts";
import { groupVersionOf, type Resource } from "./discovery.ts";

const everything = {
  resourceRules: [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }],
  nonResourceRules: [{ verbs: ["*"], nonResourceURLs: ["*"] }],
  incomplete: false,
};

const statuses: Readonly<Record<string, object>> = {
  selfsubjectreviews: { userInfo: { username: "simulated-admin", groups: ["system:masters"] } },
  selfsubjectaccessreviews: { allowed: true, reason: "the simulated cluster allows everything" },
  selfsubjectrulesreviews: everything,
};

/** The answer to a created review, whatever it asks: what it sent need not be read. */
export function review(resource: Resource): Answer {
  const status = statuses[resource.name];
  if (status === undefined) return failure(405, `the simulated cluster creates no ${resource.name}`);
  const apiVersion = groupVersionOf(resource);
  return { code: 201, body: { apiVersion, kind: resource.kind, metadata: {}, spec: {}, status } };
}
