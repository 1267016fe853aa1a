// Proves a bundle by the examples of its rules (annotations.json): each is understood and judged as a call would be, and its
// rule must speak, or be silent, as it says. Called in the worker that tries a bundle out.
import * as z from "zod";
import { roles } from "../domain/principal.ts";
import { assumedObservation } from "../gate/assume.ts";
import { judge } from "../gate/judge.ts";
import type { OpenedBundle } from "../policy/bundle.ts";
import { mergeSiteData } from "../policy/site-layers.ts";
import { joinPolicy } from "./policy.ts";

const call = z.object({
  tool: z.string(),
  arguments: z.unknown(),
  principal: z.object({ roles: z.array(z.enum(roles)) }).default({ roles: ["operator"] }),
});
const example = z.union([
  z.array(z.string()).transform((argv) => call.parse({ tool: "cli_tool", arguments: { argv } })),
  call,
]);
const annotations = z.object({
  rules: z.array(
    z.object({ id: z.string(), examples: z.object({ match: z.array(example), not_match: z.array(example) }) }),
  ),
});

/** What the examples take for the site's own repository, and the time of day. */
const repository = "o/r";
const serverUrl = "https://github.com";
const noon = { now: () => Date.UTC(2026, 0, 1, 12), monotonic: () => 0 };

/** Answers how many examples there are. Throws an Error that names the first that is wrong. */
export function proveExamples({ bundle, files }: OpenedBundle): number {
  const text = files.get("annotations.json");
  if (text === undefined) return 0;
  const siteData = mergeSiteData({ bundle: bundle.data.site, environment: { repositories: [repository] } });
  const { policy, settings } = joinPolicy({ bundle, siteData }, {}, { clock: noon });
  const assume = assumedObservation({ repository, serverUrl });
  let count = 0;
  for (const { id, examples } of annotations.parse(JSON.parse(text.toString("utf8"))).rules) {
    for (const [kind, asked] of Object.entries(examples).flatMap(([kind, list]) =>
      list.map((one) => [kind, one] as const),
    )) {
      const { tool, arguments: raw, principal } = asked;
      const who = { id: "example", ...principal, authenticatedBy: "local" } as const;
      const judgement = judge(
        { callId: "example", tool, arguments: raw, principal: who, transport: "cli" },
        policy,
        settings,
        assume,
      );
      const speaks = judgement.kind === "judged" && rulesOf(judgement.decision).includes(id);
      if (judgement.kind !== "judged" || speaks !== (kind === "match")) {
        throw new Error(`rule ${id} is wrong about its example ${JSON.stringify(raw)} (${kind})`);
      }
      count += 1;
    }
  }
  return count;
}

type Decided = Extract<ReturnType<typeof judge>, { kind: "judged" }>["decision"];

const rulesOf = (decision: Decided): readonly string[] =>
  decision.effect === "allow" ? decision.rules : decision.reasons.map(({ rule }) => rule);
