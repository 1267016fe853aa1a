// helm against an API that records: it reads its own storage in the namespaces of the model, and changes something only for a
// rollback.
import * as fc from "fast-check";
import type { VerbGrammar } from "../../src/command/grammar/types.ts";
import { type Adapter, type Case, verdict } from "./adapter.ts";
import { grammarOf } from "./differential.ts";
import { disagreement } from "./kubernetes/agreement.ts";
import { asked, endsOf, openClient, type Ran } from "./kubernetes/client.ts";
import { releaseAnswers } from "./kubernetes/releases.ts";

const names = fc.constantFrom("web-1", "a", "x.y-z", "0", "1");

const operands = ({ operands: kind }: VerbGrammar): fc.Arbitrary<readonly string[]> | undefined => {
  if (kind.kind !== "release") return undefined;
  if (kind.changes === undefined) return names.map((name) => [name]);
  return fc.tuple(names, fc.constantFrom("1", "2", "3", "01")).map((words) => words);
};

function differs({ command }: Case, caller: Ran, rendered: Ran): string | undefined {
  for (const [who, { outcome, requests }] of Object.entries({ caller, rendered })) {
    if (outcome.status === null) return `${who} did not end`;
    const problem = disagreement(command, requests, false);
    if (problem !== undefined) return `${who}: ${problem}; ${outcome.stderr}`;
  }
  const secrets = rendered.requests.some(({ place }) => place?.kind.resource === "secrets");
  if (rendered.outcome.status === 0 && secrets !== command.resources.length > 0)
    return `the model says ${JSON.stringify(command.resources)}; ${endsOf(caller, rendered)}`;
  const [theirs, ours] = [caller, rendered].map(({ outcome, requests }) =>
    JSON.stringify([
      outcome.status,
      plain(outcome.stdout),
      asked(
        requests,
        () => true,
        () => "",
      ),
    ]),
  );
  return theirs === ours ? undefined : `${theirs} is not ${ours}; ${endsOf(caller, rendered)}`;
}

/** A dry run's answer holds the time. */
const plain = (stdout: string): string => stdout.replaceAll(/\b[0-9]+(?::[0-9]+)+(?:\.[0-9]+)?\b/g, "TIME");

/** Any other wait is for objects, which here never change; our pin makes it a wait for hooks. */
const waits = ({ argv }: Case): boolean => argv.some((word) => /^--wait(?:$|=(?!hookOnly))/.test(word));

export const helm: Adapter = {
  grammar: grammarOf("helm"),
  share: 60,
  fitting: { operands, values: new Map([["--wait", fc.constant("hookOnly")]]) },
  skips: waits,
  open: async (file) => {
    const client = await openClient(file, "helm", releaseAnswers);
    return {
      compare: async (one) => {
        const caller = await client.run(one.argv);
        const rendered = await client.run(one.command.argv);
        return verdict(one, rendered.outcome.status, differs(one, caller, rendered));
      },
      close: client.close,
    };
  },
};
