// A WebSocket client that says exactly what a test tells it to.
import { WebSocket } from "ws";

export interface Answer {
  readonly id?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

export interface OpenSocket {
  readonly socket: WebSocket;
  readonly received: readonly Answer[];
  /** The close code, once it is closed. */
  readonly closed: Promise<number>;
  ask(method: string, id: string | number, params?: Record<string, unknown>): Promise<Answer>;
  close(): Promise<unknown>;
}

export async function openSocket(
  url: string,
  protocols: readonly string[],
  headers: Readonly<Record<string, string>> = {},
): Promise<OpenSocket> {
  const socket = new WebSocket(url, [...protocols], { headers, perMessageDeflate: false });
  const received: Answer[] = [];
  const waiting = new Map<string | number, (answer: Answer) => void>();
  socket.on("message", (data: Buffer) => {
    const answer: Answer & { readonly id?: string | number } = JSON.parse(data.toString("utf8"));
    received.push(answer);
    if (answer.id !== undefined) waiting.get(answer.id)?.(answer);
  });
  const closed = new Promise<number>((resolve) => {
    socket.on("close", resolve);
  });
  await new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.on("error", reject);
  });
  return {
    socket,
    received,
    closed,
    ask: (method, id, params) =>
      new Promise((resolve) => {
        waiting.set(id, resolve);
        socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, ...(params === undefined ? {} : { params }) }));
      }),
    close: () => {
      socket.close();
      return closed;
    },
  };
}

/** The answer to an upgrade that is turned away. */
export function refusedUpgrade(
  url: string,
  protocols: readonly string[],
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number | undefined; readonly body: unknown }> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, [...protocols], { headers });
    socket.on("open", () => reject(new Error("the upgrade was accepted")));
    socket.on("error", reject);
    socket.on("unexpected-response", (_request, response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        resolve({ status: response.statusCode, body: JSON.parse(Buffer.concat(chunks).toString("utf8")) });
      });
    });
  });
}
