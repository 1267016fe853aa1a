// Real OTLP over HTTP from the whole server: one trace per call, under the client's own span.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { mcpHeaders } from "../helpers/door.ts";
import { type Collector, type ReceivedSpan, startCollector } from "../helpers/otlp.ts";
import { openSocket } from "../helpers/sockets.ts";
import { startServer } from "../helpers/server.ts";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const parentId = "00f067aa0ba902b7";
const traceparent = `00-${traceId}-${parentId}-01`;
const spanKindServer = 2;

const pipeline = { command: "sort | uniq -c", stdin: "confidential-text\nb\n" };
const toolCall = (callArguments: object) =>
  JSON.stringify({
    jsonrpc: "2.0",
    id: 1,
    method: "tools/call",
    params: { name: "cli_tool", arguments: callArguments },
  });

/** Runs `work` against a traced server, ends it so that everything is sent, and answers what arrived. */
async function traced(work: (server: Awaited<ReturnType<typeof startServer>>) => Promise<unknown>): Promise<Collector> {
  const collector = await startCollector();
  const server = await startServer({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
  });
  try {
    await work(server);
  } finally {
    await server.close();
    await collector.close();
  }
  return collector;
}

const named = (spans: readonly ReceivedSpan[], name: string): ReceivedSpan => {
  const found = spans.find((span) => span.name === name);
  if (found === undefined) throw new Error(`no span ${name} among ${spans.map((span) => span.name).join(", ")}`);
  return found;
};

describe("tracing", () => {
  it("puts policy and processes under the call, and the call under the client's traceparent", async () => {
    const { spans, text } = await traced(async ({ url, key }) => {
      const headers = mcpHeaders(key, { traceparent, "mcp-protocol-version": "2025-11-25" });
      const response = await fetch(url, { method: "POST", headers, body: toolCall(pipeline) });
      expect(await response.text()).toContain("succeeded");
    });
    const call = named(spans, "tools/call cli_tool");
    expect(call).toMatchObject({ traceId, parentSpanId: parentId, kind: spanKindServer, service: "ai-sre" });
    for (const name of ["policy.evaluate", "command.execute sort", "command.execute uniq"]) {
      const child = named(spans, name);
      expect(child, name).toMatchObject({ traceId, parentSpanId: call.spanId });
      expect(child.startTimeUnixNano >= call.startTimeUnixNano, name).toBe(true);
      expect(child.endTimeUnixNano <= call.endTimeUnixNano, name).toBe(true);
    }
    expect(spans.filter(({ name }) => name === "policy.evaluate")).toHaveLength(2);
    expect(text()).not.toContain("confidential-text");
  });

  it("takes the parent from _meta over WebSocket, where there is no header for each call", async () => {
    const { spans } = await traced(async (server) => {
      const socket = await openSocket(server.wsUrl, ["mcp"], { authorization: `Bearer ${server.key}` });
      await socket.ask("initialize", 1, {
        protocolVersion: "2025-11-25",
        capabilities: {},
        clientInfo: { name: "test", version: "1.0.0" },
      });
      await socket.ask("tools/call", 2, { name: "cli_tool", arguments: pipeline, _meta: { traceparent } });
      await socket.close();
    });
    expect(named(spans, "tools/call cli_tool")).toMatchObject({ traceId, parentSpanId: parentId });
  });

  it("says how a call was denied, and names the trace in log and audit", async () => {
    let recorded = "";
    const { spans } = await traced(async (server) => {
      const headers = mcpHeaders(server.key, { traceparent });
      await fetch(server.url, { method: "POST", headers, body: toolCall({ command: "kubectl get secrets" }) });
      // The log is written a turn later than the answer.
      await vi.waitFor(() => expect(server.stderr()).toContain(`"trace_id":"${traceId}"`), 5000);
      recorded = server.auditText();
    });
    const { attributes } = named(spans, "tools/call cli_tool");
    expect(attributes).toContainEqual({ key: "aisre.code", value: { stringValue: "denied" } });
    expect(recorded).toContain(`"trace_id":"${traceId}"`);
  });

  it("speaks protobuf when nothing else is asked for, as the OpenTelemetry specification has it", async () => {
    const received: { type: string | undefined; body: Buffer }[] = [];
    const collector = createServer((incoming, outgoing) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("end", () => {
        received.push({ type: incoming.headers["content-type"], body: Buffer.concat(chunks) });
        outgoing.writeHead(200).end();
      });
    });
    await new Promise<void>((resolve) => {
      collector.listen(0, "127.0.0.1", resolve);
    });
    const address = collector.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const server = await startServer({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
    await fetch(server.url, {
      method: "POST",
      headers: mcpHeaders(server.key, { traceparent }),
      body: toolCall(pipeline),
    });
    await server.close();
    collector.close();
    expect(received.map(({ type }) => type)).toContain("application/x-protobuf");
    expect(Buffer.concat(received.map(({ body }) => body)).includes(Buffer.from(traceId, "hex"))).toBe(true);
  });

  it("loads OpenTelemetry only when it is asked for", async () => {
    /** Whether the process loaded the SDK, by the list of scripts that V8's own coverage writes at the end. */
    const loadsSdk = async (settings: Readonly<Record<string, string>>): Promise<boolean> => {
      const folder = mkdtempSync(path.join(tmpdir(), "aisre-scripts-"));
      const server = await startServer({ NODE_V8_COVERAGE: folder, ...settings });
      await server.close();
      const scripts = readdirSync(folder).map((file) => readFileSync(path.join(folder, file), "utf8"));
      rmSync(folder, { recursive: true });
      expect(scripts.join("")).toContain("src/telemetry/tracing.ts");
      return scripts.join("").includes("@opentelemetry/sdk-node/");
    };
    expect(await loadsSdk({})).toBe(false);
    expect(await loadsSdk({ OTEL_TRACES_EXPORTER: "none" })).toBe(false);
    expect(await loadsSdk({ OTEL_TRACES_EXPORTER: "otlp" })).toBe(true);
  });
});
