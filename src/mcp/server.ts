// The protocol's envelope: one low-level Server per connection or request, with tools/list and tools/call. It makes
// ToolCalls with raw arguments and renders Outcomes; it never validates a tool's arguments and never decides.
import { type Implementation, ProtocolError, ProtocolErrorCode, Server } from "@modelcontextprotocol/server";
import * as z from "zod";
import type { Outcome } from "../domain/outcome.ts";
import type { Gate, Ids } from "../domain/ports.ts";
import type { ToolCall } from "../domain/tool-call.ts";
import type { ListedTool } from "./listed-tool.ts";
import { toCallToolResult } from "./result.ts";
import { chooseTraceContext } from "./trace-context.ts";

/** What a door knows of a caller before its first message. */
export interface McpSession extends Pick<ToolCall, "principal" | "transport" | "traceparent" | "tracestate"> {
  /** The door can tell the client that the list of tools is another. */
  readonly tellsChanges?: boolean;
  /** Runs a call under the door's own end as well: a lost connection or a shutdown aborts the signal it hands on. */
  readonly run: (signal: AbortSignal, work: (signal: AbortSignal) => Promise<Outcome>) => Promise<Outcome>;
}

export interface McpFactoryOptions {
  readonly gate: Gate;
  readonly tools: readonly ListedTool[];
  readonly serverInfo: Pick<Implementation, "name" | "version" | "title">;
  readonly instructions: string;
  readonly ids: Ids;
  /** Hears faults of our own: the caller is told only that there was one. */
  readonly onFault?: (error: unknown, callId: string) => void;
}

/** How long a client may keep a tool list, milliseconds: roles and policy change seldom. */
const listTtlMs = 60_000;

/** Longest tool name that reaches the gate, characters: MCP's own limit is 128 (spec 2025-11-25, server/tools). */
const maxNameCharacters = 128;

/** The envelope of tools/call; the arguments stay as they came, `__proto__` and all. Built once: zod schemas are slow to make. */
const callParams = z.looseObject({ name: z.string().max(maxNameCharacters), arguments: z.unknown().optional() });
const listParams = z.looseObject({});

/** Joins the gate to the protocol; the result makes a fresh Server for one connection or one request. */
export function createMcpFactory(options: McpFactoryOptions): (session: McpSession) => Server {
  const { gate, ids, serverInfo, instructions, onFault } = options;
  const listed = options.tools.map(toListed);
  /** One list per set of visible tools; the policy hands out the same set until it changes. */
  const lists = new WeakMap<ReadonlySet<string>, typeof listed>();
  const listOf = (visible: ReadonlySet<string>): typeof listed => {
    const list = lists.get(visible) ?? listed.filter(({ name }) => visible.has(name));
    lists.set(visible, list);
    return list;
  };

  return (session) => {
    const server = new Server(serverInfo, {
      capabilities: { tools: session.tellsChanges === true ? { listChanged: true } : {} },
      instructions,
      cacheHints: { "tools/list": { ttlMs: listTtlMs, cacheScope: "private" } },
    });

    server.setRequestHandler("tools/list", { params: listParams }, () => ({
      tools: listOf(gate.visible(session.principal)),
    }));

    server.setRequestHandler("tools/call", { params: callParams }, async (params, context) => {
      const call: ToolCall = {
        callId: ids.callId(),
        tool: params.name,
        arguments: params.arguments,
        principal: session.principal,
        transport: session.transport,
        ...chooseTraceContext(context.mcpReq._meta, session),
      };
      try {
        const outcome = await session.run(context.mcpReq.signal, (signal) => gate.call(call, signal));
        return toCallToolResult(outcome);
      } catch (error) {
        onFault?.(error, call.callId);
        throw new ProtocolError(ProtocolErrorCode.InternalError, `Internal error (call ${call.callId})`);
      }
    });
    return server;
  };
}

const toListed = ({ name, description, inputSchema, annotations }: ListedTool) => ({
  name,
  description,
  inputSchema: { ...inputSchema, type: "object" as const },
  annotations: annotations.readOnlyHint ? { readOnlyHint: true } : unusual(annotations),
});

/**
 * Hints that are not what a client assumes anyhow (spec 2025-11-25, ToolAnnotations), since the list has to stay small. Of what
 * only reads, the others say nothing that matters.
 */
const unusual = ({ destructiveHint, idempotentHint, openWorldHint }: ListedTool["annotations"]) => ({
  ...(destructiveHint ? {} : { destructiveHint }),
  ...(idempotentHint ? { idempotentHint } : {}),
  ...(openWorldHint ? {} : { openWorldHint }),
});
