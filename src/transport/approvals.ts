// POST /approvals: one verdict as plain JSON, for programs that speak no MCP. Host, Origin and key are checked like those of an
// MCP request; what the body holds is the tool's to check. Every result is answered with status 200 and says itself how it ended.
import type { IncomingMessage } from "node:http";
import { isJsonContentType } from "@modelcontextprotocol/server";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { Principal } from "../domain/principal.ts";
import type { HttpErrorCode } from "../errors.ts";
import { readJson } from "./json-message.ts";
import type { Reception } from "./reception.ts";
import type { RunningCalls } from "./running-calls.ts";

/** The gate behind it; resolves with the result as JSON. */
export type DecideApproval = (
  principal: Principal,
  body: unknown,
  signal: AbortSignal,
) => Promise<Readonly<Record<string, unknown>>>;

export interface ApprovalsOptions {
  readonly reception: Reception;
  readonly running: RunningCalls;
  readonly draining: () => boolean;
  readonly decide: DecideApproval;
  readonly refuse: (reply: FastifyReply, code: HttpErrorCode, extra?: Readonly<Record<string, string>>) => FastifyReply;
}

export function addApprovals(app: FastifyInstance, options: ApprovalsOptions): void {
  const { reception, running, draining, decide, refuse } = options;
  const principals = new WeakMap<IncomingMessage, Principal>();
  app.all(
    "/approvals",
    {
      onRequest: async ({ raw }, reply) => {
        const received = reception.receive(raw);
        if (!received.ok) return refuse(reply, received.code, received.headers);
        if (raw.method !== "POST") return refuse(reply, "method_not_allowed", { allow: "POST" });
        if (!isJsonContentType(raw.headers["content-type"] ?? null)) return refuse(reply, "unsupported_media_type");
        principals.set(raw, received.principal);
      },
    },
    async (request, reply) => {
      const principal = principals.get(request.raw);
      if (principal === undefined) return refuse(reply, "unauthorized");
      const read = readJson(request.body instanceof Uint8Array ? request.body : new Uint8Array());
      if (!read.ok) return refuse(reply, read.code);
      if (draining()) return refuse(reply, "draining");
      const result = await running.run([], (signal) => decide(principal, read.value, signal));
      return reply.header("cache-control", "no-store").send(result);
    },
  );
}
