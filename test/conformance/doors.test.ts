import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { requirementSets, runConformance } from "../helpers/conformance.ts";
import { type Door, startDoor } from "../helpers/door.ts";

// The doors in front of a fake gate; the full-stack test runs the same suite against the whole server.
describe("the MCP conformance suite", () => {
  let door: Door;
  beforeAll(async () => {
    door = await startDoor();
  });
  afterAll(() => door.close());

  it.each(requirementSets)(
    "passes the requirements of %s but for the failures named one by one",
    async (set) => {
      const { exitCode, output } = await runConformance(door, set);
      expect(exitCode, output.slice(-4000)).toBe(0);
      expect(output).toContain("Baseline check passed");
    },
    200_000,
  );
});
