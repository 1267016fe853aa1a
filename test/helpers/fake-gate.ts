// A gate for tests of the doors: the real one is another room, and what is tested here is that calls reach a gate as they
// were sent and that its outcomes come back. The full stack is tested through compose.ts.
import { randomUUID } from "node:crypto";
import type { Outcome } from "../../src/domain/outcome.ts";
import type { Gate, Ids } from "../../src/domain/ports.ts";
import type { ToolCall } from "../../src/domain/tool-call.ts";
import type { OutcomeCode } from "../../src/errors.ts";
import { outcomeCodes } from "../../src/errors.ts";
import type { ListedTool } from "../../src/mcp/listed-tool.ts";

export interface SeenCall {
  readonly call: ToolCall;
  readonly signal: AbortSignal;
  /** Set when the call has ended: whether its signal was aborted then. */
  ended?: "answered" | "aborted";
}

export interface FakeGate extends Gate {
  readonly seen: readonly SeenCall[];
  /** The calls of one marker (`mark` argument). */
  marked(mark: string): readonly SeenCall[];
}

const hints = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };
const tool = (name: string, properties: Record<string, unknown> = {}): ListedTool => ({
  name,
  description: `Description of ${name}`,
  inputSchema: { type: "object", properties, additionalProperties: false },
  annotations: hints,
});

export const fakeTools: readonly ListedTool[] = [
  tool("echo", { mark: { type: "string" } }),
  tool("slow", { mark: { type: "string" }, ms: { type: "integer" } }),
  tool("fail"),
  tool("deny"),
  tool("hidden"),
];

export const fakeIds: Ids = { callId: () => randomUUID() };

/** `echo` answers its arguments, `slow` waits (5 s unless `ms` says otherwise) or for the abort, `boom` is a fault of our own. */
export function createFakeGate(): FakeGate {
  const seen: SeenCall[] = [];
  return {
    seen,
    marked: (mark) => seen.filter(({ call }) => read(call.arguments, "mark") === mark),
    visible: ({ roles }) =>
      new Set(fakeTools.map(({ name }) => name).filter((name) => name !== "hidden" || roles.includes("admin"))),
    call: async (call, signal) => {
      const entry: SeenCall = { call, signal };
      seen.push(entry);
      switch (call.tool) {
        case "echo":
          entry.ended = "answered";
          return outcomeOf(call, "ok", { stdout: `${JSON.stringify(call.arguments)}\n`, stderr: "" });
        case "slow": {
          const aborted = await waitOrAbort(Number(read(call.arguments, "ms") ?? 5000), signal);
          entry.ended = aborted ? "aborted" : "answered";
          return outcomeOf(call, aborted ? "cancelled" : "ok", { stdout: "slept\n" });
        }
        case "fail":
          return outcomeOf(call, "exited", { stdout: "partial 401\n", stderr: "kubectl: Error 403\n" });
        case "deny":
          return outcomeOf(call, "denied", {
            reasons: [
              {
                rule: "kubectl/no-secrets",
                message: "Secrets are never read.",
                token: "secrets",
                position: { stage: 0, index: 2 },
                try: "kubectl get configmaps",
              },
            ],
          });
        case "boom":
          throw new Error("secret detail of a fault");
        default:
          return outcomeOf(call, "unknown_tool", {
            reasons: [{ rule: "server/unknown-tool", message: `There is no tool ${call.tool}.` }],
          });
      }
    },
  };
}

function outcomeOf({ callId }: ToolCall, code: OutcomeCode, parts: Partial<Outcome>): Outcome {
  const allowed = code === "ok" || code === "exited" || code === "cancelled";
  return {
    callId,
    code,
    outcome: outcomeCodes[code].outcome,
    steps: allowed ? [{ stages: [{ argv: ["kubectl", "get", "pods"], exitCode: code === "exited" ? 1 : 0 }] }] : [],
    durationMs: 1.25,
    decision: { effect: allowed ? "allow" : "deny", rules: allowed ? ["kubectl/read"] : [], policyRevision: "test" },
    ...parts,
  };
}

function read(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Object.getOwnPropertyDescriptor(value, key)?.value : undefined;
}

function waitOrAbort(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(true);
    const timer = setTimeout(() => resolve(false), ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}
