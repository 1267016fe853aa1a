// The ledger of one replica: what was decided and spent, for as long as this process lives. Its tokens are bound to the
// process, so that a restart cannot forget what was spent. Made by compose.
import type { ApprovalLedger } from "../domain/approval.ts";
import type { Clock } from "../domain/ports.ts";
import { LedgerUnavailable } from "../errors.ts";

const usualMaxEntries = 10_000;

interface Entry {
  readonly value: Readonly<Record<string, string>>;
  readonly keepUntilMs: number;
}

export function createMemoryLedger(clock: Pick<Clock, "now">, maxEntries: number = usualMaxEntries): ApprovalLedger {
  const entries = new Map<string, Entry>();
  const dropExpired = (): void => {
    const now = clock.now();
    for (const [name, { keepUntilMs }] of entries) if (keepUntilMs <= now) entries.delete(name);
  };
  return {
    put: async (name, value, keepUntilMs) => {
      const held = entries.get(name);
      if (held !== undefined) return { first: false, value: held.value };
      if (entries.size >= maxEntries) dropExpired();
      // What is still needed is never forgotten for something new: a grant could be spent twice.
      if (entries.size >= maxEntries) throw new LedgerUnavailable("the ledger in memory is full");
      entries.set(name, { value, keepUntilMs });
      return { first: true, value };
    },
  };
}
