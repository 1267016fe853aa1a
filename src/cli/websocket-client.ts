// An MCP client transport over `ws` that can send credentials: the SDK's own cannot set headers.
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { type JSONRPCMessage, JSONRPCMessageSchema } from "@modelcontextprotocol/sdk/types.js";
import { WebSocket } from "ws";

/** The server answered the upgrade with an HTTP status of its own. */
export class UpgradeRefused extends Error {
  override readonly name = "UpgradeRefused";
  readonly status: number;
  constructor(status: number) {
    super(`the server answered the upgrade with ${status}`);
    this.status = status;
  }
}

export class WebSocketClientTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #url: URL;
  readonly #headers: Readonly<Record<string, string>>;
  #socket: WebSocket | undefined;

  constructor(url: URL, headers: Readonly<Record<string, string>> = {}) {
    this.#url = url;
    this.#headers = headers;
  }

  start(): Promise<void> {
    const socket = new WebSocket(this.#url, "mcp", { headers: this.#headers, perMessageDeflate: false });
    this.#socket = socket;
    socket.on("message", (data: Buffer) => this.#receive(data.toString("utf8")));
    socket.on("close", () => this.onclose?.());
    return new Promise((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("unexpected-response", (request, { statusCode = 0 }) => {
        request.destroy();
        reject(new UpgradeRefused(statusCode));
      });
      socket.on("error", (error) => {
        reject(error);
        this.onerror?.(error);
      });
    });
  }

  send(message: JSONRPCMessage): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#socket === undefined) return reject(new Error("not connected"));
      this.#socket.send(JSON.stringify(message), (error) => (error ? reject(error) : resolve()));
    });
  }

  close(): Promise<void> {
    this.#socket?.close(1000);
    return Promise.resolve();
  }

  #receive(text: string): void {
    try {
      this.onmessage?.(JSONRPCMessageSchema.parse(JSON.parse(text)));
    } catch (error) {
      this.onerror?.(error instanceof Error ? error : new Error("unreadable message"));
    }
  }
}
