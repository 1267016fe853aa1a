// Who may ask, and for how long: one nonce per command, unguessable, gone when the command ends. Made by broker.ts.
import { randomBytes } from "node:crypto";
import type { Check } from "./checks.ts";

export interface HeldLease {
  readonly callId: string;
  readonly check: Check;
  /** Aborted when the command has ended: nothing of it stays under way. */
  readonly signal: AbortSignal;
  /** Counts one more request; false when there were too many. */
  take(): boolean;
}

export interface Leases {
  open(callId: string, check: Check): { readonly nonce: string; readonly close: () => void };
  find(nonce: string): HeldLease | undefined;
}

/** Of one command: helm and flux make a few dozen. */
const maxRequests = 2000;

export function createLeases(): Leases {
  const held = new Map<string, HeldLease>();
  return {
    open: (callId, check) => {
      const nonce = randomBytes(24).toString("base64url");
      const ended = new AbortController();
      let requests = 0;
      const take = (): boolean => (requests += 1) <= maxRequests;
      held.set(nonce, { callId, check, signal: ended.signal, take });
      const close = (): void => {
        held.delete(nonce);
        ended.abort();
      };
      return { nonce, close };
    },
    find: (nonce) => held.get(nonce),
  };
}
