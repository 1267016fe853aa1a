// Whatever a caller sends, the gate answers with a code of the table, and every call has a decision in the audit.
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { verifyAudit } from "../helpers/verify-audit.ts";
import type { Role } from "../../src/domain/principal.ts";
import { outcomeCodes } from "../../src/errors.ts";
import { catalog } from "../../src/tools/catalog.ts";
import { linesOf, never, openGate, secretKey, toCall } from "./setup.ts";

const anyText = fc.string({ unit: "binary", maxLength: 100 });
const kubectlWord = fc.constantFrom(
  ..."get logs describe rollout restart delete version pods po secrets secrets/x deploy web -n default kube-system".split(
    " ",
  ),
  ..."-A -o json --output=yaml --tail=5 --frob --dry-run=server exit-3 -w".split(" "),
);
const goodWord = fc.constantFrom("web", "exit-3", "-n default", "-n kube-system", "-A", "-o json", "--show-labels");
const textWord = fc.constantFrom(..."-i -f -c -n error x 5 . --".split(" "));
const oddWord = fc.constantFrom(..."; && > $(id) ' \" \\ # ~ * || |".split(" "));
const sentence = (start: string, word: fc.Arbitrary<string>, maxLength: number) =>
  fc.array(word, { maxLength }).map((words) => [start, ...words].join(" "));
const stage = fc.oneof(
  { weight: 8, arbitrary: sentence("kubectl get pods", goodWord, 2) },
  { weight: 4, arbitrary: sentence("kubectl", kubectlWord, 5) },
  { weight: 2, arbitrary: sentence("kubectl", fc.oneof(kubectlWord, oddWord), 5) },
  { weight: 1, arbitrary: anyText },
);
const filter = fc.constantFrom("grep", "sort", "wc", "jq", "awk").chain((binary) => sentence(binary, textWord, 2));
const commandLine = fc.tuple(stage, fc.array(filter, { maxLength: 2 })).map((stages) => stages.flat().join(" | "));

const cliCall = fc.record({
  tool: fc.constant("cli_tool"),
  raw: fc.oneof(
    fc.record({ command: commandLine }),
    fc.record({ argv: fc.array(fc.oneof(kubectlWord, textWord, anyText), { maxLength: 12 }) }),
    fc.record({ command: commandLine, stdin: anyText, timeout_seconds: fc.integer({ min: 0, max: 40 }) }),
  ),
});
const toolNames = fc.constantFrom(...catalog.map(({ name }) => name));
const argumentNames = fc.constantFrom(
  ...catalog.flatMap((tool) => tool.argumentNames),
  "__proto__",
  "constructor",
  "headers",
);
const typedCall = fc.record({
  tool: fc.constantFrom("kubectl_get", "kubectl_describe", "kubectl_rollout_restart"),
  raw: fc.record(
    {
      resource: fc.constantFrom("pods", "deploy", "secrets", "nodes"),
      name: fc.constantFrom("web", "exit-3"),
      namespace: fc.constantFrom("default", "kube-system"),
      dry_run: fc.boolean(),
    },
    { requiredKeys: ["resource", "name"] },
  ),
});
const oddCall = fc.record({
  tool: fc.oneof(toolNames, anyText),
  raw: fc.oneof(fc.dictionary(argumentNames, fc.oneof(kubectlWord, fc.jsonValue())), fc.jsonValue({ maxDepth: 4 })),
});
const anyCall = fc.record({
  asked: fc.oneof(
    { weight: 5, arbitrary: cliCall },
    { weight: 2, arbitrary: typedCall },
    { weight: 2, arbitrary: oddCall },
  ),
  roles: fc.oneof(fc.constant<Role[]>(["operator"]), fc.subarray<Role>(["viewer", "operator", "approver", "admin"])),
});

it("answers and records any call", { timeout: 60_000 }, async () => {
  const { gate, auditFile, records, heard } = openGate();
  let count = 0;
  await fc.assert(
    fc.asyncProperty(anyCall, async ({ asked: { tool, raw }, roles }) => {
      count += 1;
      const outcome = await gate.call(toCall(tool, raw, { roles, callId: `call-${count}` }), never());
      expect(outcomeCodes[outcome.code].outcome).toBe(outcome.outcome);
      expect(outcome.callId).toBe(`call-${count}`);
      expect(outcome.decision.effect === "allow" || (outcome.reasons ?? []).length > 0).toBe(true);
    }),
    { numRuns: 200 },
  );
  const decided = records()
    .filter(({ kind }) => kind === "decision")
    .map(({ call_id }) => call_id);
  expect(new Set(decided)).toEqual(new Set(Array.from({ length: count }, (_none, index) => `call-${index + 1}`)));
  expect(heard.finished).toHaveLength(count);
  expect(verifyAudit(linesOf(auditFile), secretKey)).toMatchObject({ ok: true });
});
