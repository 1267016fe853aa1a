// How much this server takes on at once and in a time: from the configuration, the container and site data.
import type { Config, PrincipalKeys } from "../config/config.ts";
import { slotLimits } from "../execution/capacity.ts";
import { readCgroupLimits } from "../execution/cgroup.ts";
import type { SlotLimits } from "../execution/slots.ts";
import type { SiteData } from "../policy/site-data.ts";

/** Who only approves runs nothing, and shares no slots. The share of each follows the principals there are. */
export function composeSlotLimits(
  { execution }: Pick<Config, "execution">,
  principals: () => readonly PrincipalKeys[],
): Required<SlotLimits> {
  const cgroup = readCgroupLimits();
  const runs = () => principals().filter(({ roles }) => roles.some((role) => role !== "approver"));
  const now = () => slotLimits({ ...execution, principals: runs().length }, cgroup);
  return {
    ...now(),
    get maxPerPrincipal() {
      return now().maxPerPrincipal;
    },
  };
}

/** For /health: the numbers as they hold now. */
export const describeLimits = (
  { maxConcurrency, maxHeavy, maxPerPrincipal, maxQueue }: SlotLimits,
  { rate_limit, change_budget }: Pick<SiteData, "rate_limit" | "change_budget">,
) => ({
  at_once: maxConcurrency,
  at_once_heavy: maxHeavy,
  at_once_per_principal: maxPerPrincipal,
  queue: maxQueue,
  rate_limit,
  change_budget,
});
