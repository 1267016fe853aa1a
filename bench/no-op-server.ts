// The least that an MCP server over HTTP can be with our protocol library: one tool that answers with the result that stands on
// the first line of standard input. What cached-reads.ts measures against; prints its port, ends with its standard input.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler, Server } from "@modelcontextprotocol/server";
import * as z from "zod";

const inputSchema = { type: "object" as const, properties: { resource: { type: "string" } } };
const callParams = z.looseObject({ name: z.string(), arguments: z.unknown().optional() });
const listParams = z.looseObject({});

const lines = createInterface({ input: process.stdin });
/** As many bytes as the real answer has, so that only the work differs. */
const result = z
  .looseObject({ content: z.array(z.strictObject({ type: z.literal("text"), text: z.string() })) })
  .parse(JSON.parse((await lines[Symbol.asyncIterator]().next()).value ?? ""));
lines.on("close", () => process.exit(0));

const handler = createMcpHandler(
  () => {
    const server = new Server({ name: "no-op", version: "1.0.0" }, { capabilities: { tools: {} } });
    const tools = [{ name: "kubectl_get", description: "Answers the same always", inputSchema }];
    server.setRequestHandler("tools/list", { params: listParams }, () => ({ tools }));
    server.setRequestHandler("tools/call", { params: callParams }, () => ({ ...result }));
    return server;
  },
  { legacy: "stateless", responseMode: "auto" },
);
const answer = toNodeHandler({ fetch: (request) => handler.fetch(request) });
const http = createServer((request, response) => {
  const { method = "POST", url = "/", headers } = request;
  void answer({ method, url, headers, [Symbol.asyncIterator]: () => request[Symbol.asyncIterator]() }, response);
});
http.listen(0, "127.0.0.1", () => {
  const address = http.address();
  if (typeof address === "object" && address !== null) console.log(String(address.port));
});
