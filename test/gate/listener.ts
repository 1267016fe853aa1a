// An observer that keeps what it hears, for the tests of the gate.
import type { Command } from "../../src/domain/command.ts";
import type { Evaluation } from "../../src/domain/decision.ts";
import type { Outcome } from "../../src/domain/outcome.ts";
import type { Observer } from "../../src/domain/ports.ts";

export interface Heard {
  readonly calls: { readonly tool: string; readonly knownTool: boolean }[];
  readonly decided: Evaluation[];
  readonly executed: { readonly command: Command; readonly ended: string }[];
  readonly redacted: Readonly<Record<string, number>>[];
  readonly cache: string[];
  readonly approvals: string[];
  readonly finished: Outcome[];
  /** Tools of calls that a fault ended. */
  readonly faulted: string[];
}

export function listener(): { readonly observer: Observer; readonly heard: Heard } {
  const heard: Heard = {
    calls: [],
    decided: [],
    executed: [],
    redacted: [],
    cache: [],
    approvals: [],
    finished: [],
    faulted: [],
  };
  const observer: Observer = {
    call: ({ tool }, knownTool) => {
      heard.calls.push({ tool, knownTool });
      return {
        traceId: "0af7651916cd43dd8448eb211c80319c",
        decided: ({ evaluation }) => heard.decided.push(evaluation),
        executed: ({ command, ended }) => heard.executed.push({ command, ended }),
        cache: (result) => heard.cache.push(result),
        approval: (state) => heard.approvals.push(state),
        redacted: (kinds) => heard.redacted.push(kinds),
        finished: (outcome) => heard.finished.push(outcome),
        faulted: () => heard.faulted.push(tool),
      };
    },
    policyFault: () => {},
    auditRecord: () => {},
    auditFailure: () => {},
    authFailure: () => {},
    brokerRefusal: () => {},
  };
  return { observer, heard };
}
