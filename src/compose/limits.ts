// How much this server takes on at once and in a time: from the configuration, the container and site data.
import type { Config } from "../config/config.ts";
import { slotLimits } from "../execution/capacity.ts";
import { readCgroupLimits } from "../execution/cgroup.ts";
import type { SlotLimits } from "../execution/slots.ts";
import type { SiteData } from "../policy/site-data.ts";

/** Who only approves runs nothing, and shares no slots. */
export function composeSlotLimits({ execution, principals }: Pick<Config, "execution" | "principals">) {
  const runs = principals.filter(({ roles }) => roles.some((role) => role !== "approver"));
  return slotLimits({ ...execution, principals: runs.length }, readCgroupLimits());
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
