// MCP over two streams: one line is one JSON-RPC message (MCP spec, stdio transport). Answers what is no message itself, so
// that no client waits for ever. Made by stdio.ts, driven by the library; it knows which requests are still to be answered.
import type { Readable } from "node:stream";
import type { JSONRPCMessage, RequestId, Transport } from "@modelcontextprotocol/server";
import type { HttpErrorCode } from "../errors.ts";
import { readMessage } from "./json-message.ts";
import { createLineSplitter } from "./lines.ts";
import { type MessageId, toRpcError } from "./refusal.ts";

export interface LineTransportOptions {
  readonly input: Readable;
  /** Resolves when the text is written; rejects when nobody will ever read it. */
  readonly write: (text: string) => Promise<void>;
  /** Longest line, bytes. */
  readonly maxLineBytes: number;
  /** What may wait to be written to a client that does not read, bytes. */
  readonly maxBufferedBytes: number;
  /** The input has ended: nothing more will be asked. */
  readonly onEnd: () => void;
  /** Nobody reads or writes any more. */
  readonly onClose: () => void;
}

export class LineTransport implements Transport {
  onclose?: NonNullable<Transport["onclose"]>;
  onerror?: NonNullable<Transport["onerror"]>;
  onmessage?: NonNullable<Transport["onmessage"]>;
  readonly #options: LineTransportOptions;
  /** Requests without an answer yet; bounded by what the client may send before its answers fill the buffer. */
  readonly #open = new Set<RequestId>();
  #bufferedBytes = 0;
  #lastWrite: Promise<void> = Promise.resolve();
  #onSettled: (() => void) | undefined;
  #closed = false;

  constructor(options: LineTransportOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { input, maxLineBytes, onEnd } = this.#options;
    const lines = createLineSplitter(maxLineBytes, {
      onLine: (line) => this.#receive(line),
      onTooLong: () => this.#refuse("body_too_large", null),
    });
    input.on("data", (chunk: Uint8Array) => lines.push(chunk));
    input.once("end", () => {
      lines.end();
      onEnd();
    });
    input.once("error", (error) => {
      this.onerror?.(error);
      onEnd();
    });
  }

  async send(message: JSONRPCMessage): Promise<void> {
    if (!("method" in message) && message.id !== undefined) this.#settle(message.id);
    await this.#write(JSON.stringify(message));
  }

  /** Resolves when every request has its answer, and every answer is written. */
  async answered(): Promise<void> {
    if (this.#open.size > 0 && !this.#closed) {
      await new Promise<void>((resolve) => {
        this.#onSettled = resolve;
      });
    }
    await this.#lastWrite;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#options.input.destroy();
    this.#onSettled?.();
    this.#options.onClose();
    this.onclose?.();
  }

  #receive(line: Uint8Array): void {
    if (this.#closed || isBlank(line)) return;
    const read = readMessage(line);
    if (!read.ok) return this.#refuse(read.code, read.id);
    const { message } = read;
    if ("method" in message && "id" in message) this.#open.add(message.id);
    this.onmessage?.(message);
    if ("method" in message && message.method === "notifications/cancelled") this.#forget(message.params);
  }

  /** The library leaves a cancelled request unanswered. */
  #forget(params: unknown): void {
    if (typeof params !== "object" || params === null || !("requestId" in params)) return;
    const { requestId } = params;
    if (typeof requestId === "string" || typeof requestId === "number") this.#settle(requestId);
  }

  #settle(id: RequestId): void {
    if (this.#open.delete(id) && this.#open.size === 0) this.#onSettled?.();
  }

  #refuse(code: HttpErrorCode, id: MessageId): void {
    this.#write(JSON.stringify(toRpcError(code, id))).catch(() => undefined);
  }

  async #write(text: string): Promise<void> {
    if (this.#closed) throw new Error("standard output is closed");
    const line = `${text}\n`;
    const size = Buffer.byteLength(line);
    if (this.#bufferedBytes + size > this.#options.maxBufferedBytes) return this.#fail("the client does not read");
    this.#bufferedBytes += size;
    const written = this.#lastWrite.then(() => this.#options.write(line));
    this.#lastWrite = written.catch(() => undefined);
    try {
      await written;
    } catch {
      return this.#fail("the client has gone");
    } finally {
      this.#bufferedBytes -= size;
    }
  }

  async #fail(why: string): Promise<never> {
    const error = new Error(why);
    this.onerror?.(error);
    await this.close();
    throw error;
  }
}

const isBlank = (line: Uint8Array): boolean => line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
