// Calls that are running under a signed session id, so that a `notifications/cancelled` of the same session finds them.
// Used by the HTTP door for 2025-era clients only; elsewhere the connection itself carries the cancel.
import type { RequestId } from "@modelcontextprotocol/server";

export interface InFlight {
  /** Registers how a call is cancelled; the answer forgets it again. */
  add(sessionId: string, id: RequestId, cancel: () => void): () => void;
  /** Cancels the call; false when there is none. */
  cancel(sessionId: string, id: RequestId): boolean;
}

/** Calls that are remembered at once; one more is served too, and ends by its connection only. */
const maxCalls = 1024;

export function createInFlight(): InFlight {
  const calls = new Map<string, () => void>();
  return {
    add: (sessionId, id, cancel) => {
      const key = keyOf(sessionId, id);
      if (calls.size >= maxCalls) return () => undefined;
      calls.set(key, cancel);
      return () => {
        if (calls.get(key) === cancel) calls.delete(key);
      };
    },
    cancel: (sessionId, id) => {
      const cancelCall = calls.get(keyOf(sessionId, id));
      cancelCall?.();
      return cancelCall !== undefined;
    },
  };
}

/** 1 and "1" are different ids (JSON-RPC 2.0 section 4). */
const keyOf = (sessionId: string, id: RequestId): string => `${sessionId} ${typeof id}:${id}`;
