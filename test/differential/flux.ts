// flux against an API that records: it reads what the model names, and patches the one object that it names, or for
// --with-source the source besides.
import * as fc from "fast-check";
import { type Adapter, type Case, verdict } from "./adapter.ts";
import { grammarOf } from "./differential.ts";
import { changes, disagreement } from "./kubernetes/agreement.ts";
import { asked, endsOf, openClient, type Ran } from "./kubernetes/client.ts";

function differs({ command }: Case, caller: Ran, rendered: Ran): string | undefined {
  const silently = (ran: Ran) => ran.outcome.stderr.includes(command.failureSign ?? "\0");
  for (const [who, { outcome, requests }] of Object.entries({ caller, rendered })) {
    if (outcome.status === null) return `${who} did not end`;
    const problem = disagreement(command, requests, false);
    if (problem !== undefined) return `${who}: ${problem}; ${outcome.stderr}`;
  }
  const changed = rendered.requests.some(changes);
  if (rendered.outcome.status === 0 && !silently(rendered) && changed !== (command.effect === "write"))
    return `the model says ${command.effect}; ${endsOf(caller, rendered)}`;
  // A flag of a subcommand before its name is an error to flux, and none to us.
  if (caller.outcome.status !== 0 || waitsForChange.has(command.verb[0] ?? "")) return undefined;
  const [theirs, ours] = [caller, rendered].map(({ outcome, requests }) =>
    JSON.stringify([
      outcome.status,
      outcome.stdout.replaceAll(/\b[0-9]+[dhms]\b/g, "AGE"),
      asked(requests, () => true, noBody),
    ]),
  );
  return theirs === ours ? undefined : `${theirs} is not ${ours}; ${endsOf(caller, rendered)}`;
}

/** Every change notes the time. */
const noBody = (): string => "";

/** Nobody answers to a change here: how often flux looks again before its time is over, is chance. */
const waitsForChange = new Set(["reconcile", "resume"]);
const wouldWait = ({ command: { verb }, argv }: Case): boolean =>
  waitsForChange.has(verb[0] ?? "") && !argv.some((word) => word.startsWith("--timeout"));

/** It asks GitHub for its own newest version. */
const checks = ["check", "check --pre", "check --namespace", "check --timeout"];

export const flux: Adapter = {
  grammar: grammarOf("flux"),
  share: 60,
  fitting: { values: new Map([["--timeout", fc.constantFrom("1s", "2s")]]) },
  skips: (one) => one.command.verb[0] === "check" || wouldWait(one),
  unreachable: new Map(checks.map((name) => [name, "it asks GitHub, which no test does"])),
  open: async (file) => {
    const client = await openClient(file, "flux");
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
