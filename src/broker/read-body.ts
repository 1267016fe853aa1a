// Reads bodies of requests, as far as a check has to see them. Used by the checks through `Passed.body`.
import type { IncomingMessage } from "node:http";
import { type Body, type Refused, refused } from "./verdict.ts";

/** The whole body, when it is no longer than that. */
export async function readWhole(request: IncomingMessage, maxBytes: number): Promise<Body | Refused> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) return refused("the body is no bytes");
    bytes += chunk.length;
    if (bytes > maxBytes) return refused(`the body is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return { ok: true, whole: Buffer.concat(chunks) };
}

export type HeadState = "more" | "enough" | Refused;

/**
 * The beginning of a body, up to where `look` has seen enough; what follows stays in the request. A body that ends before is
 * looked at as it is.
 */
export async function readHead(
  request: IncomingMessage,
  maxBytes: number,
  look: (head: Buffer, isWhole: boolean) => HeadState,
): Promise<Body | Refused> {
  let head = Buffer.alloc(0);
  const iterator = request.iterator({ destroyOnReturn: false });
  for await (const chunk of iterator) {
    if (!Buffer.isBuffer(chunk)) return refused("the body is no bytes");
    head = Buffer.concat([head, chunk]);
    const state = look(head, false);
    if (state === "enough") return { ok: true, head };
    if (state !== "more") return state;
    if (head.length > maxBytes) return refused(`the head of the body is longer than ${maxBytes} bytes`);
  }
  const state = look(head, true);
  if (state === "more") return refused("the body ends too early");
  return state === "enough" ? { ok: true, whole: head } : state;
}

/** A request that has no body. */
export const hasBody = ({ headers }: Pick<IncomingMessage, "headers">): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) !== 0;
