// Rate limit and change budget of this replica, as the site data of the moment says. Asked by the gate through its port just
// before a slot is taken; knows no commands.
import type { BudgetLimits, Budgets, Quota } from "../domain/budgets.ts";
import type { Clock } from "../domain/ports.ts";
import { createSlidingWindows } from "./sliding-windows.ts";
import { createTokenBuckets } from "./token-buckets.ts";

/** `limits` is asked every time, so that new site data holds from the next call on. */
export function createBudgets(limits: () => BudgetLimits, clock: Pick<Clock, "monotonic">): Budgets {
  const calls = createTokenBuckets();
  const changes = createSlidingWindows();
  return {
    spend: ({ principal, changes: asked }) => {
      const { calls: rate, changesPerPrincipal, changesPerNamespace } = limits();
      const now = clock.monotonic();
      const inNamespaces = countPerNamespace(asked);
      const shares: readonly Share[] = [
        { key: `principal/${principal}`, wanted: asked.length, quota: changesPerPrincipal, whose: "you" },
        ...[...inNamespaces].map(([namespace, wanted]) => ({
          key: `namespace/${namespace}`,
          wanted,
          quota: changesPerNamespace,
          whose: `everybody in namespace ${namespace}`,
        })),
      ].filter(({ wanted }) => wanted > 0);

      for (const { key, wanted, quota, whose } of shares) {
        const retryAfterMs = changes.waitMs(key, wanted, quota, now);
        if (retryAfterMs !== undefined) return { ok: false, message: spentChanges(quota, whose), retryAfterMs };
      }
      const retryAfterMs = calls.take(principal, rate, now);
      if (retryAfterMs !== undefined) return { ok: false, message: tooFast(rate), retryAfterMs };

      const counted = shares.flatMap(({ key, wanted }) => Array.from({ length: wanted }, () => key));
      for (const key of counted) changes.add(key, now);
      return {
        ok: true,
        giveBack: () => {
          calls.giveBack(principal);
          for (const key of counted) changes.giveBack(key, now);
        },
      };
    },
  };
}

interface Share {
  readonly key: string;
  readonly wanted: number;
  readonly quota: Quota;
  readonly whose: string;
}

function countPerNamespace(changes: readonly (readonly string[])[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const namespace of changes.flat()) counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  return counts;
}

const inWords = ({ count, windowMs }: Quota): string => `${count} in ${windowMs / 1000} s`;

const spentChanges = (quota: Quota, whose: string): string =>
  `The change budget is spent: ${inWords(quota)} for ${whose}. Nothing ran; look whether the last changes helped.`;

const tooFast = (quota: Quota): string =>
  `You start commands faster than this site allows (${inWords(quota)}); nothing ran.`;
