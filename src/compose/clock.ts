// The real clock and the real ids: the only places where time and chance enter.
import { randomBytes } from "node:crypto";
import type { Clock, Ids } from "../domain/ports.ts";

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};

/** 128 random bits as 26 characters of Crockford's base 32: lower case, no look-alikes, safe in a URL. */
export const randomIds: Ids = {
  callId: () => {
    // n8n takes a text with these digits for a failed login (docs/n8n.md): an id must survive there as it is.
    for (;;) {
      const id = encode(randomBytes(17));
      if (!/40[13]/.test(id)) return id;
    }
  },
};

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
const idLength = 26;

function encode(bytes: Buffer): string {
  let bits = 0n;
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte);
  return Array.from({ length: idLength }, (_none, at) => alphabet.charAt(Number((bits >> BigInt(5 * at)) & 31n))).join(
    "",
  );
}
