// MCP over one accepted WebSocket: one text frame is one JSON-RPC message. Answers what is no message itself, so that no
// client waits for ever, and ends connections that are dead or do not read. Made by websocket.ts, driven by the library.
import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/server";
import type { RawData, WebSocket } from "ws";
import { readMessage } from "./json-message.ts";
import { toRpcError } from "./refusal.ts";

export interface WebSocketLimits {
  /** How often a ping is sent; a connection that has not answered the last one is ended. Milliseconds. */
  readonly pingIntervalMs: number;
  /** What may wait to be sent to a client that does not read, bytes. */
  readonly maxBufferedBytes: number;
}

export class WebSocketServerTransport implements Transport {
  onclose?: NonNullable<Transport["onclose"]>;
  onerror?: NonNullable<Transport["onerror"]>;
  onmessage?: NonNullable<Transport["onmessage"]>;
  readonly #socket: WebSocket;
  readonly #limits: WebSocketLimits;
  #pings: NodeJS.Timeout | undefined;
  #answeredPing = true;
  #closed = false;

  constructor(socket: WebSocket, limits: WebSocketLimits) {
    this.#socket = socket;
    this.#limits = limits;
    // Nothing may be read before start() has somebody to hand it to.
    socket.pause();
  }

  async start(): Promise<void> {
    const socket = this.#socket;
    socket.on("message", (data, isBinary) => this.#receive(data, isBinary));
    socket.on("pong", () => {
      this.#answeredPing = true;
    });
    socket.on("error", (error) => this.onerror?.(error));
    socket.on("close", () => this.#finish());
    this.#pings = setInterval(() => this.#ping(), this.#limits.pingIntervalMs);
    this.#pings.unref();
    socket.resume();
  }

  send(message: JSONRPCMessage): Promise<void> {
    return this.#write(JSON.stringify(message));
  }

  async close(): Promise<void> {
    this.#socket.close(1000);
    this.#finish();
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (isBinary || !Buffer.isBuffer(data)) {
      this.#socket.close(1003, "text frames only");
      return;
    }
    const read = readMessage(data);
    if (read.ok) this.onmessage?.(read.message);
    else this.#write(JSON.stringify(toRpcError(read.code, read.id))).catch((error: unknown) => this.#report(error));
  }

  #write(text: string): Promise<void> {
    const socket = this.#socket;
    if (socket.readyState !== socket.OPEN) return Promise.reject(new Error("the WebSocket is not open"));
    if (socket.bufferedAmount > this.#limits.maxBufferedBytes) {
      socket.close(1013, "reads too slowly");
      return Promise.reject(new Error("the client does not read"));
    }
    return new Promise((resolve, reject) => {
      socket.send(text, (error) => (error ? reject(error) : resolve()));
    });
  }

  #ping(): void {
    if (!this.#answeredPing) {
      this.#socket.terminate();
      return;
    }
    this.#answeredPing = false;
    this.#socket.ping();
  }

  #report(error: unknown): void {
    this.onerror?.(error instanceof Error ? error : new Error("unknown"));
  }

  #finish(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#pings);
    this.onclose?.();
  }
}
