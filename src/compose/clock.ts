// The real clock and the real ids: the only places where time and chance enter.
import { randomBytes } from "node:crypto";
import type { Clock, Ids } from "../domain/ports.ts";

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
const idLength = 26;
/** Ids for which the kernel is asked at once: asking is dear beside a call that runs nothing. */
const idsAtOnce = 64;

/** 130 random bits as 26 characters of Crockford's base 32: lower case, no look-alikes, safe in a URL. */
export const randomIds: Ids = createRandomIds();

function createRandomIds(): Ids {
  let unused = Buffer.alloc(0);
  const draw = (): string => {
    if (unused.length === 0) unused = randomBytes(idLength * idsAtOnce);
    const bytes = unused.subarray(0, idLength);
    unused = unused.subarray(idLength);
    // Five bits of every byte.
    return Array.from(bytes, (byte) => alphabet.charAt(byte & 31)).join("");
  };
  return {
    callId: () => {
      // n8n takes a text with these digits for a failed login (docs/n8n.md): an id must survive there as it is.
      for (;;) {
        const id = draw();
        if (!/40[13]/.test(id)) return id;
      }
    },
  };
}
