// Rungs 1 and 2 of the call that a look ahead is about. Pure; used by preflight.ts and judge-inner.ts.
import type { ParseSettings } from "../domain/command.ts";
import type { ToolCall } from "../domain/tool-call.ts";
import { aboutOtherCalls } from "../tools/catalog.ts";
import { readCall, type Refused, refused, type Understood } from "./judge.ts";

export function readInner(asked: ToolCall, settings: ParseSettings): Refused | Understood {
  const { tool } = asked;
  if (aboutOtherCalls.has(tool))
    return refused("invalid_arguments", { message: `${tool} is not looked at ahead.`, token: tool });
  const read = readCall(asked, settings);
  if (read.kind === "refused" || read.grant === undefined) return read;
  return refused("invalid_arguments", { message: "A look ahead needs no approval.", token: "approval" });
}
