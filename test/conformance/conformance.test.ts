// The MCP conformance suite against the whole server in its production configuration, both requirement sets. Failures that
// are expected are named one by one, with the reason, in expected-<set>.yml.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { requirementSets, runConformance } from "../helpers/conformance.ts";
import { type ServerProcess, startServer } from "../helpers/server.ts";

describe("the MCP conformance suite", () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server?.close());

  it.each(requirementSets)(
    "passes the requirements of %s but for the failures named one by one",
    async (set) => {
      const { exitCode, output } = await runConformance(server, set);
      expect(exitCode, output.slice(-4000)).toBe(0);
      expect(output).toContain("Baseline check passed");
    },
    200_000,
  );
});
