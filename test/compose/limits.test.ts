// Shares of the slots follow the principals there are: a file that is read again counts at once.
import { expect, it } from "vitest";
import { composeSlotLimits } from "../../src/compose/limits.ts";
import type { PrincipalKeys } from "../../src/config/config.ts";
import { createSlots } from "../../src/execution/slots.ts";

const keys = (id: string, role: "operator" | "approver"): PrincipalKeys => ({ id, roles: [role], keySha256: [] });
const config = { execution: { toolPath: [], helperPath: [], sandbox: "off", maxConcurrency: 2, maxQueue: 4 } } as const;
const clock = { monotonic: () => 0 };

it("leaves the last slot to others as soon as there are others who run something", async () => {
  let principals = [keys("a", "operator"), keys("carol", "approver")];
  const limits = composeSlotLimits(config, () => principals);
  const slots = createSlots(limits, clock);
  expect(limits.maxPerPrincipal).toBe(2);

  principals = [...principals, keys("b", "operator")];
  expect(limits.maxPerPrincipal).toBe(1);
  const end = Promise.withResolvers<void>();
  const { signal } = new AbortController();
  const take = (principal: string) => slots.take({ principal, binaries: ["grep"], signal }, () => end.promise);
  const taken = [take("a"), take("a"), take("b")];
  await new Promise((resolve) => setImmediate(resolve));
  expect({ running: slots.running, waiting: slots.waiting }).toEqual({ running: 2, waiting: 1 });
  end.resolve();
  await Promise.all(taken);
});
