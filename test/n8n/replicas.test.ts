// Two replicas of AI SRE behind one address: n8n's POSTs land anywhere, the approval holds at both, over the restart of both, and it is
// spent once.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bob, type Incidents, restart, startIncidents } from "./remediation-setup.ts";

const timeoutMs = 300_000;

describe("two replicas", () => {
  let at: Incidents;
  beforeAll(async () => {
    at = await startIncidents(2);
    await at.publish();
  }, timeoutMs);
  afterAll(async () => {
    await at?.stop();
  });

  it(
    "repair one incident between them, though both restart between the request and the verdict",
    async () => {
      at.model.script(restart);
      const id = await at.alert();
      const question = await at.waitFor(/as shown above/);
      await at.sre.restart();
      expect(await at.telegram.press(question, "Run it", bob)).toBe(200);
      const { status, nodes } = await at.ended(id);
      expect(status).toBe("success");
      expect(nodes).toContain("Execute");
      expect(nodes.at(-1)).toBe("Resolved");
      expect(await at.sre.kubectl("get", "pods", "-l", "app=checkout", "--no-headers")).toMatch(/ 1\/1 +Running/);

      const calls = at.sre.audits().map((records) => records.filter(({ call_id: call }) => call !== undefined));
      expect(calls.map(({ length }) => length > 0)).toEqual([true, true]);
      const intents = at.sre
        .audit()
        .filter(({ kind, rules }) => kind === "intent" && String(rules) === "kubectl/restart");
      expect(intents).toHaveLength(1);
      const leases = (await at.sre.writes()).filter((line) => line.startsWith("POST ") && line.includes("/leases"));
      expect(leases).toHaveLength(2);
      expect(at.sre.verified()).toMatchObject([{ ok: true }, { ok: true }]);
    },
    timeoutMs,
  );
});
