// One POST of a 2025-era client: one request goes in, one answer goes out, as plain JSON. Made by mcp-endpoint.ts, driven by the
// library. A call that lasts becomes an event stream whose comments keep proxies from giving up; nothing else is ever streamed.
import type { ServerResponse } from "node:http";
import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/server";

export interface OneAnswerOptions {
  readonly response: ServerResponse;
  /** Sent with the answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** How long the client is left without a sign of life, milliseconds. */
  readonly keepAliveMs: number;
}

export class OneAnswerTransport implements Transport {
  onclose?: NonNullable<Transport["onclose"]>;
  onerror?: NonNullable<Transport["onerror"]>;
  onmessage?: NonNullable<Transport["onmessage"]>;
  /** Resolves when the answer is written, or nobody will ever read it. */
  readonly ended: Promise<void>;
  readonly #options: OneAnswerOptions;
  readonly #timer: NodeJS.Timeout;
  #isStream = false;
  #isOver = false;

  constructor(options: OneAnswerOptions) {
    const { response, keepAliveMs } = options;
    this.#options = options;
    this.#timer = setInterval(() => this.#stayAlive(), keepAliveMs);
    this.ended = new Promise((resolve) => {
      if (response.destroyed) resolve();
      else response.once("close", () => resolve());
    });
  }

  async start(): Promise<void> {
    void this.ended.then(() => this.close());
  }

  /** Only the answer is sent: this server asks nothing of clients and notifies them of nothing meanwhile. */
  async send(message: JSONRPCMessage): Promise<void> {
    if (this.#isOver || "method" in message) return;
    this.#isOver = true;
    clearInterval(this.#timer);
    const { response, headers } = this.#options;
    const text = JSON.stringify(message);
    if (this.#isStream) {
      response.end(`event: message\ndata: ${text}\n\n`);
    } else {
      response.writeHead(200, {
        ...headers,
        "content-type": "application/json",
        "content-length": Buffer.byteLength(text),
      });
      response.end(text);
    }
  }

  /** The client has gone or has cancelled: the library aborts what it runs, and a client that is still there gets no answer. */
  async close(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    clearInterval(this.#timer);
    const { response } = this.#options;
    if (!response.headersSent) response.writeHead(202);
    response.end();
    this.onclose?.();
  }

  #stayAlive(): void {
    const { response, headers } = this.#options;
    if (!this.#isStream) {
      this.#isStream = true;
      response.writeHead(200, { ...headers, ...eventStream });
    }
    response.write(": still at work\n\n");
  }
}

const eventStream = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
};
