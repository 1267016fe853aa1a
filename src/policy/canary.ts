// Questions whose answers are known: they prove that a policy decides, and warm its instance (the first evaluation takes
// milliseconds). Called by bundle.ts and pdp.ts before a policy is used.
import { parseDecision } from "./answer.ts";
import { entrypoints, toBytes } from "./decide.ts";
import type { Evaluator } from "./evaluator.ts";
import type { PolicyInput } from "./input.ts";

export interface Canary {
  readonly asks: string;
  readonly expects: "allow" | "deny";
  readonly input: PolicyInput;
}

const common = {
  schema_version: 1,
  principal: { id: "canary", roles: ["operator"], authenticated_by: "local" },
  step: { index: 0, length: 1 },
  pipeline: { index: 0, length: 1, previous: null, next: null },
  credentials: [],
  observed: {},
  site: { context: "", cluster_id: "", mode: "normal", hour_utc: 12, recent_changes: 0 },
} satisfies Partial<PolicyInput>;

const call = { transport: "cli", dry_run: false, reason: null, approved_by: null } as const;

/** Holds on a bundle's own data: site data may well take the tool away. */
export const healthCanary: Canary = {
  asks: "health_check by an operator",
  expects: "allow",
  input: { ...common, call: { ...call, tool: "health_check" }, action: { kind: "server" } },
};

/** Holds on any site data. */
export const secretsCanary: Canary = {
  asks: "kubectl get secrets by an operator",
  expects: "deny",
  input: {
    ...common,
    call: { ...call, tool: "kubectl_get" },
    action: { kind: "command" },
    command: {
      binary: "kubectl",
      verb: ["get"],
      effect: "read",
      egress: true,
      dry_run: false,
      namespaces: ["default"],
      all_namespaces: false,
      resources: [
        { group: "", resource: "secrets", name: "", namespace: "default", name_match: "any", secondary: false },
      ],
      flags: {},
      operands: [],
      selectors: {},
      paths: [],
      urls: [],
      programs: [],
      stdin: { from: "none", bytes: 0 },
      argv: ["kubectl", "get", "secrets", "--namespace=default"],
    },
  },
};

/** Asks each; says what went wrong with the first that is not answered as it must be. */
export function findDeadCanary(evaluator: Evaluator, canaries: readonly Canary[]): string | undefined {
  for (const { asks, expects, input } of canaries) {
    const bytes = toBytes(JSON.stringify(input));
    const result = bytes === undefined ? undefined : evaluator.evaluate(entrypoints.decision, bytes);
    const decision = result?.ok === true ? parseDecision(result.value) : undefined;
    if (decision?.effect !== expects)
      return `${asks} must be ${expects}, but was ${decision?.effect ?? "not answered"}`;
  }
  return undefined;
}
