// What the simulated API can answer, and its errors as Kubernetes' Status objects. Used by api.ts and its parts.
import type { Change } from "./store.ts";

export interface Answer {
  readonly code: number;
  /** JSON; absent when there is `text` or a `watch`. */
  readonly body?: object;
  readonly text?: string;
  readonly type?: string;
  readonly watch?: Watch;
}

export interface Watch {
  /** Sends each change as one line until the returned function is called. */
  start(send: (line: object) => void): () => void;
  readonly timeoutMs: number;
}

export type WatchLine = { readonly type: Change["type"] | "BOOKMARK"; readonly object: object };

export const ok = (body: object, type?: string): Answer => ({
  code: 200,
  body,
  ...(type === undefined ? {} : { type }),
});

const reasons = {
  400: "BadRequest",
  401: "Unauthorized",
  404: "NotFound",
  405: "MethodNotAllowed",
  409: "AlreadyExists",
  413: "RequestEntityTooLarge",
  415: "UnsupportedMediaType",
  422: "Invalid",
  500: "InternalError",
} as const;

export function failure(code: keyof typeof reasons, message: string, details?: object): Answer {
  const status = {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    reason: reasons[code],
    code,
  };
  return { code, body: { ...status, ...(details === undefined ? {} : { details }) } };
}

export const notFound = (resource: string, name: string): Answer =>
  failure(404, `${resource} "${name}" not found`, { name, kind: resource });

export const exists = (resource: string, name: string): Answer =>
  failure(409, `${resource} "${name}" already exists`, { name, kind: resource });
