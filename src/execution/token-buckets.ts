// One token bucket per key: it fills steadily and holds a burst. Used by budgets.ts; time comes in with every question.
import type { Quota } from "../domain/budgets.ts";
import { boundedKeys } from "./bounded-keys.ts";

type Rate = Quota & { readonly burst: number };

interface Bucket {
  tokens: number;
  at: number;
}

export function createTokenBuckets() {
  const buckets = boundedKeys<Bucket>();

  const filled = ({ tokens, at }: Bucket, rate: Rate, now: number): number =>
    Math.min(rate.burst, tokens + ((now - at) * rate.count) / rate.windowMs);

  return {
    /** Takes one token; otherwise the milliseconds until there is one. */
    take: (key: string, rate: Rate, now: number): number | undefined => {
      const bucket = buckets.find(
        key,
        () => ({ tokens: rate.burst, at: now }),
        (old) => filled(old, rate, now) >= rate.burst,
      );
      if (bucket === undefined) return rate.windowMs;
      bucket.tokens = filled(bucket, rate, now);
      bucket.at = now;
      if (bucket.tokens < 1) return Math.ceil(((1 - bucket.tokens) * rate.windowMs) / rate.count);
      bucket.tokens -= 1;
      return undefined;
    },
    giveBack: (key: string): void => {
      const bucket = buckets.get(key);
      if (bucket !== undefined) bucket.tokens += 1;
    },
  };
}
