// The ledger that replicas share: one Lease of Kubernetes per entry. Creating it is the atomic step; whoever comes second
// finds it there. Made by compose, over the direct calls of cluster/.
import type { ApprovalLedger, Leases } from "../domain/approval.ts";
import type { Clock } from "../domain/ports.ts";
import { LedgerUnavailable } from "../errors.ts";

const prefix = "ai-sre/";
const keepUntil = `${prefix}keep-until`;
/** How long an entry stays after it has no use, so that a clock which is late finds it still. */
const marginMs = 600_000;
/** Between two looks for old ones, by each replica. */
const betweenCollectionsMs = 60_000;

export function createKubernetesLedger(leases: Leases, clock: Clock): ApprovalLedger {
  let collectedAt = Number.NEGATIVE_INFINITY;

  const collect = async (): Promise<void> => {
    for (const { name, annotations } of await leases.list()) {
      const until = Date.parse(annotations[keepUntil] ?? "");
      if (until + marginMs < clock.now()) await leases.remove(name);
    }
  };

  return {
    put: async (entry, value, keepUntilMs) => {
      const name = `ai-sre-approval-${entry}`;
      const written = {
        [keepUntil]: new Date(keepUntilMs).toISOString(),
        ...Object.fromEntries(Object.entries(value).map(([key, said]) => [`${prefix}${key}`, said])),
      };
      try {
        if (clock.monotonic() - collectedAt >= betweenCollectionsMs) {
          collectedAt = clock.monotonic();
          // Nobody waits for it, and what it does not manage the next one will.
          void collect().catch(() => {});
        }
        if ((await leases.create(name, written)) === "created") return { first: true, value };
        const found = await leases.read(name);
        if (found === undefined) throw new Error(`the Lease ${name} was there and is gone`);
        return { first: false, value: valueOf(found) };
      } catch (error) {
        throw new LedgerUnavailable(error instanceof Error ? error.message : "the ledger does not answer", {
          cause: error,
        });
      }
    },
  };
}

const valueOf = (annotations: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(annotations).flatMap(([key, said]) =>
      key.startsWith(prefix) && key !== keepUntil ? [[key.slice(prefix.length), said]] : [],
    ),
  );
