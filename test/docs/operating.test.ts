// docs/operating.md: its table of sizes is what the server works out, and the panels that it sends people to are on the dashboard.
// Its commands are run by install.test.ts, its alerts held by test/monitoring/rules.test.ts.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { slotLimits } from "../../src/execution/capacity.ts";
import { readPage, tableOf } from "./markdown.ts";

const page = "docs/operating.md";
const mib = 1024 * 1024;

describe("the operator's page", () => {
  it("says how many commands run at once as the server counts it", () => {
    const rows = tableOf(page, ["memory", "CPU", "of kubectl's size at once", "all at once"]);
    const counted = rows.map(([memory = "", cpu = ""]) => {
      const cgroup = { memoryBytes: Number.parseInt(memory, 10) * mib, cpus: Number(cpu) };
      const { maxHeavy, maxConcurrency } = slotLimits({ maxQueue: 16, principals: 2 }, cgroup);
      return [memory, cpu, String(maxHeavy), String(maxConcurrency)];
    });
    expect(rows.length).toBeGreaterThan(2);
    expect(rows).toEqual(counted);
  });

  it("names panels that the dashboard has", () => {
    const { panels } = z
      .object({ panels: z.array(z.object({ title: z.string() })) })
      .parse(JSON.parse(readPage("monitoring/dashboard.json")));
    const titles = new Set(panels.map(({ title }) => title));
    const named = [...readPage(page).matchAll(/(?<!\*)\*([^*\n]+)\*(?!\*)/g)]
      .map(([, title = ""]) => title)
      .filter((title) => title !== "not run here");
    expect(named.length).toBeGreaterThan(2);
    expect(named.filter((title) => !titles.has(title))).toEqual([]);
  });
});
