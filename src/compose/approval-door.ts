// POST /approvals: the tool approval_decide without MCP around it. The same gate, the same policy, the same result.
import type { Gate, Ids } from "../domain/ports.ts";
import { toStructuredContent } from "../mcp/result.ts";
import type { DecideApproval } from "../transport/approvals.ts";

export const createApprovalDoor =
  (gate: Gate, ids: Ids): DecideApproval =>
  async (principal, body, signal) => {
    const call = {
      callId: ids.callId(),
      tool: "approval_decide",
      arguments: body,
      principal,
      transport: "http",
    } as const;
    return toStructuredContent(await gate.call(call, signal));
  };
