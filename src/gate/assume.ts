// What `policy check`, the policy's examples and replays take for observed: a clean clone whose objects have ids of zeros. Pure.
import { revisionsToResolve } from "../command/observe.ts";
import type { RequestFacts } from "../domain/approval.ts";
import type { Observed, Plan } from "../domain/command.ts";
import { remoteUrlOf, repositoryOf } from "../domain/repository-url.ts";

export interface Assumption {
  /** OWNER/REPO; absent: there is no clone. */
  readonly repository?: string;
  readonly serverUrl: string;
}

/** What a line of `policy check` may say itself; the rest is assumed. */
export interface GivenObservation {
  /** Of a verdict: what its request says. */
  readonly request?: Partial<RequestFacts>;
  readonly repository?: Partial<NonNullable<Observed["repository"]>>;
  readonly changedPaths?: readonly string[];
  readonly objects?: NonNullable<Observed["objects"]>;
}

/** n8n asked to scale something. */
const assumedRequest: RequestFacts = {
  id: "0".repeat(26),
  requester: "n8n",
  tool: "kubectl_scale",
  digest: "0".repeat(64),
  effects: ["write"],
  namespaces: ["default"],
  roles: ["approver"],
  expiresAtMs: 0,
  fitsMessage: true,
};

const noObject = "0".repeat(40);

/** The facts of a plan, as far as `given` does not say them. */
export const assumedObservation =
  ({ repository, serverUrl }: Assumption, given: GivenObservation = {}) =>
  (plan: Plan): Observed => {
    const { changedPaths = [], objects = [] } = given;
    if (plan.verdict !== undefined) {
      return { repositories: [], changedPaths: [], request: { ...assumedRequest, ...given.request } };
    }
    if (repository === undefined && given.repository === undefined) return { repositories: [], changedPaths, objects };
    const seen = {
      remoteUrl: repository === undefined ? "" : remoteUrlOf(repository, serverUrl),
      clean: true,
      head: noObject,
      base: noObject,
      ...given.repository,
      refs: {
        ...Object.fromEntries(revisionsToResolve(plan).map((name) => [name, noObject])),
        ...given.repository?.refs,
      },
    };
    const named = repositoryOf(seen.remoteUrl, serverUrl);
    return { repository: seen, repositories: named === undefined ? [] : [named], changedPaths, objects };
  };
