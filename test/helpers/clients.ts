// MCP clients that we did not write, over every door and in both protocol eras, behind one small face.
import { Client as Client2, StreamableHTTPClientTransport as Http2 } from "@modelcontextprotocol/client";
import { StdioClientTransport as Stdio2 } from "@modelcontextprotocol/client/stdio";
import { Client as Client132 } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as Stdio132 } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport as Http132 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { Client as Client126 } from "mcp-sdk-n8n/client/index.js";
import { StreamableHTTPClientTransport as Http126 } from "mcp-sdk-n8n/client/streamableHttp.js";
import { expectNoCanary } from "./planted.ts";
import { HeaderWebSocketTransport } from "./websocket-clients.ts";

export interface Place {
  readonly url: string;
  readonly wsUrl: string;
  readonly key: string;
  /** How to start a server of its own for each client on standard input and output, where there is one. */
  readonly stdio?: () => StdioProgram;
}

export interface StdioProgram {
  readonly command: string;
  readonly args: string[];
  readonly env: Record<string, string>;
  readonly cwd: string;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly timeout?: number;
}

export interface CallResult {
  readonly content: unknown;
  readonly structuredContent: unknown;
  readonly isError: unknown;
}

export interface AnyClient {
  listTools(): Promise<readonly { readonly name: string }[]>;
  call(name: string, callArguments: Record<string, unknown>, options?: CallOptions): Promise<CallResult>;
  /** Whatever identifies the legacy HTTP session, when the server issued one. */
  readonly sessionId: string | undefined;
  close(): Promise<void>;
}

export interface ClientKind {
  readonly name: string;
  readonly door: "http" | "websocket" | "stdio";
  readonly connect: (place: Place) => Promise<AnyClient>;
}

const info = { name: "test", version: "1.0.0" };
const bearer = (key: string) => ({ requestInit: { headers: { Authorization: `Bearer ${key}` } } });

/** @throws Error when a credential of the server is in it */
function toCallResult(result: object): CallResult {
  expectNoCanary("a result", JSON.stringify(result));
  return {
    content: "content" in result ? result.content : undefined,
    structuredContent: "structuredContent" in result ? result.structuredContent : undefined,
    isError: "isError" in result ? result.isError : undefined,
  };
}

const face132 = (client: Client132, sessionId: () => string | undefined = () => undefined): AnyClient => ({
  listTools: async () => (await client.listTools()).tools,
  call: async (name, callArguments, options) =>
    toCallResult(await client.callTool({ name, arguments: callArguments }, undefined, options)),
  get sessionId() {
    return sessionId();
  },
  close: () => client.close(),
});

const face126 = (client: Client126, sessionId: () => string | undefined = () => undefined): AnyClient => ({
  listTools: async () => (await client.listTools()).tools,
  call: async (name, callArguments, options) =>
    toCallResult(await client.callTool({ name, arguments: callArguments }, undefined, options)),
  get sessionId() {
    return sessionId();
  },
  close: () => client.close(),
});

const face2 = (client: Client2): AnyClient => ({
  listTools: async () => (await client.listTools()).tools,
  call: async (name, callArguments, options) =>
    toCallResult(await client.callTool({ name, arguments: callArguments }, options)),
  sessionId: undefined,
  close: () => client.close(),
});

const modern = { versionNegotiation: { mode: { pin: "2026-07-28" } } } as const;

/** Every kind of client over a socket, by SDK, door and era. */
export const clientKinds: readonly ClientKind[] = [
  {
    name: "SDK 1.32.2 over HTTP, 2025-11-25",
    door: "http",
    connect: async ({ url, key }) => {
      const client = new Client132(info);
      const transport = new Http132(new URL(url), bearer(key));
      await client.connect(transport);
      return face132(client, () => transport.sessionId);
    },
  },
  {
    name: "SDK 1.32.2 over WebSocket, 2025-11-25",
    door: "websocket",
    connect: async ({ wsUrl, key }) => {
      const client = new Client132(info);
      await client.connect(new HeaderWebSocketTransport(wsUrl, key));
      return face132(client);
    },
  },
  {
    name: "SDK 1.26 as n8n embeds it, over HTTP, 2025-11-25",
    door: "http",
    connect: async ({ url, key }) => {
      const client = new Client126(
        { name: "@n8n/n8n-nodes-langchain.mcpClient", version: "1.1" },
        { capabilities: {} },
      );
      const transport = new Http126(new URL(url), bearer(key));
      // @ts-expect-error 1.26's own transport does not fit its own interface under exactOptionalPropertyTypes
      await client.connect(transport);
      return face126(client, () => transport.sessionId);
    },
  },
  {
    name: "SDK 1.26 over WebSocket, 2025-11-25",
    door: "websocket",
    connect: async ({ wsUrl, key }) => {
      const client = new Client126(info);
      await client.connect(new HeaderWebSocketTransport(wsUrl, key));
      return face126(client);
    },
  },
  {
    name: "v2 client over HTTP, 2025-11-25",
    door: "http",
    connect: async ({ url, key }) => {
      const client = new Client2(info);
      await client.connect(new Http2(new URL(url), bearer(key)));
      return face2(client);
    },
  },
  {
    name: "v2 client over HTTP, 2026-07-28",
    door: "http",
    connect: async ({ url, key }) => {
      const client = new Client2(info, modern);
      await client.connect(new Http2(new URL(url), bearer(key)));
      return face2(client);
    },
  },
  {
    name: "v2 client over WebSocket, 2025-11-25",
    door: "websocket",
    connect: async ({ wsUrl, key }) => {
      const client = new Client2(info);
      await client.connect(new HeaderWebSocketTransport(wsUrl, key));
      return face2(client);
    },
  },
  {
    name: "v2 client over WebSocket, 2026-07-28",
    door: "websocket",
    connect: async ({ wsUrl, key }) => {
      const client = new Client2(info, modern);
      await client.connect(new HeaderWebSocketTransport(wsUrl, key));
      return face2(client);
    },
  },
];

const programOf = ({ stdio }: Place) => {
  if (stdio === undefined) throw new Error("this place has no stdio door");
  return { ...stdio(), stderr: "ignore" as const };
};

/** The same over standard input and output; each starts a server of its own. */
export const stdioKinds: readonly ClientKind[] = [
  {
    name: "SDK 1.32.2 over stdio, 2025-11-25",
    door: "stdio",
    connect: async (place) => {
      const client = new Client132(info);
      await client.connect(new Stdio132(programOf(place)));
      return face132(client);
    },
  },
  {
    name: "v2 client over stdio, 2025-11-25",
    door: "stdio",
    connect: async (place) => {
      const client = new Client2(info);
      await client.connect(new Stdio2(programOf(place)));
      return face2(client);
    },
  },
  {
    name: "v2 client over stdio, 2026-07-28",
    door: "stdio",
    connect: async (place) => {
      const client = new Client2(info, modern);
      await client.connect(new Stdio2(programOf(place)));
      return face2(client);
    },
  },
];

/** The one kind of that name. */
export function clientKind(name: string): ClientKind {
  const kind = clientKinds.find((candidate) => candidate.name === name);
  if (kind === undefined) throw new Error(`no client kind ${name}`);
  return kind;
}
