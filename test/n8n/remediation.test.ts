// The template `remediation` in a real n8n against a real AI SRE: the nine steps, and every way in which it can end, each in the branch
// meant for it.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keys } from "./ai-sre.ts";
import { bob, chat, type Incidents, proposal, restart, startIncidents, stranger } from "./remediation-setup.ts";

const timeoutMs = 300_000;
/** What site data allows at least, seconds. */
const shortestExpiryS = 30;
const toLook = ["Config", "Incident", "Whose?", "Look", "Looked?"];
const toPlan = [...toLook, "Lessons", "Recall", "Plan", "Check the plan", "A plan?"];
const toRequest = [...toPlan, "Request"];
const toQuestion = [...toRequest, "Needs a person?", "Show the plan", "May it run?"];
const escalated = ["Read the error", "Escalate"];

describe("the template remediation", () => {
  let at: Incidents;
  beforeAll(async () => {
    at = await startIncidents();
    await at.publish();
  }, timeoutMs);
  afterAll(async () => {
    await at?.stop();
  });

  /** An alert for which the model proposes a restart: the flow's execution, and its question to people. */
  const proposed = async () => {
    at.model.script(restart);
    const id = await at.alert();
    return { id, question: await at.waitFor(/as shown above/) };
  };
  const texts = () => at.heard().map(({ text }) => text);
  const pods = () => at.sre.kubectl("get", "pods", "-l", "app=checkout", "--no-headers");
  const restarts = async () =>
    (await at.sre.writes()).filter((line) => line.startsWith("PATCH ") && line.endsWith("/deployments/checkout"));

  const detailsOf = (which: (record: Readonly<Record<string, unknown>>) => boolean) =>
    at.sre
      .audit()
      .filter(which)
      .map(({ details }): Readonly<Record<string, unknown>> => Object(details));
  const approvedBy = () =>
    detailsOf(({ kind }) => kind === "intent")
      .map(({ approval }) => Object(approval)["approved_by"])
      .filter((who) => who !== undefined);
  const verdicts = () =>
    detailsOf(({ kind, tool }) => kind === "approval" && tool === "approval_decide").map((details) => ({
      by: details["decided_by"],
      state: details["state"],
      on_behalf_of_claimed: details["on_behalf_of_claimed"],
    }));

  it(
    "repairs what an alert is about, once, with a person's approval, and remembers it",
    async () => {
      expect(await pods()).toContain("CrashLoopBackOff");
      at.model.script(restart);
      const id = await at.alert();
      const plan = await at.waitFor(/May this run\?/);
      expect(plan.text).toContain("kubectl rollout restart --namespace=default");
      const question = await at.waitFor(/as shown above/);
      expect(await at.telegram.press(question, "Run it", stranger)).toBe(200);
      expect(at.telegram.notices.at(-1)).toContain("not among those");
      expect(await restarts()).toEqual([]);
      expect(await at.telegram.press(question, "Run it", bob)).toBe(200);

      const { status, nodes, output } = await at.ended(id);
      expect(status).toBe("success");
      expect(nodes.filter((node) => !["Settle", "Verify", "Recovered?", "Look again?"].includes(node))).toEqual([
        "Alert",
        ...toQuestion,
        "Decide",
        "Approved?",
        "Execute",
        "Ran?",
        "Learn",
        "Resolved",
      ]);
      expect(texts().at(-1)).toContain("<b>Resolved</b>");
      expect(await pods()).toMatch(/^checkout-\S+ +1\/1 +Running/);
      expect(await restarts()).toHaveLength(1);

      const { structuredContent } = output("Decide");
      expect(await called({ approval: Object(structuredContent)["grant"] })).toMatchObject({
        code: "grant_invalid",
        reasons: [expect.objectContaining({ rule: "approval/spent" })],
      });
      expect(approvedBy()).toEqual(["alice"]);
      expect(verdicts().at(-1)).toEqual({ by: "alice", state: "approved", on_behalf_of_claimed: "bob" });
      expect(at.sre.verified()).toMatchObject([{ ok: true }]);
    },
    timeoutMs,
  );

  it(
    "tells the model what helped before, and takes a report from the chat; a person who declines is obeyed",
    async () => {
      const before = await restarts();
      at.model.script(restart);
      const id = await at.begun(() => at.telegram.say("/incident checkout orders fail again", chat, bob));
      const question = await at.waitFor(/as shown above/);
      expect(JSON.stringify(at.model.questions.at(-1)?.messages)).toContain("it recovered");
      expect(await at.telegram.press(question, "No", bob)).toBe(200);
      const { status, nodes } = await at.ended(id);
      expect(status).toBe("success");
      expect(nodes).toEqual(["Telegram message", ...toQuestion, "Decide", "Approved?", "Declined"]);
      expect(texts().at(-1)).toContain("<b>Declined</b> by bob");
      expect(await restarts()).toEqual(before);
      expect(verdicts().at(-1)).toEqual({ by: "alice", state: "declined", on_behalf_of_claimed: "bob" });
    },
    timeoutMs,
  );

  it(
    "does not count a yes by link, which n8n sends when Telegram fails it: nobody knows who pressed",
    async () => {
      const before = await restarts();
      at.telegram.webhookInfoFails = true;
      try {
        const { id, question } = await proposed();
        expect(question.reply_markup?.inline_keyboard?.flat().map(({ url }) => typeof url)).toContain("string");
        expect(await at.telegram.press(question, "Run it", stranger)).toBe(200);
        const { status, nodes } = await at.ended(id);
        expect(status).toBe("success");
        expect(nodes).toEqual(["Alert", ...toQuestion, "Decide", "Approved?", "Declined"]);
        expect(texts().at(-1)).toContain("<b>Not counted</b>");
        expect(await restarts()).toEqual(before);
        expect(verdicts().at(-1)).toMatchObject({ by: "alice", state: "declined" });
      } finally {
        at.telegram.webhookInfoFails = false;
      }
    },
    timeoutMs,
  );

  it(
    "escalates when AI SRE was restarted between request and verdict: its memory went with the process",
    async () => {
      const before = await restarts();
      const { id, question } = await proposed();
      await at.sre.restart();
      expect(await at.telegram.press(question, "Run it", bob)).toBe(200);
      const { status, nodes, output } = await at.ended(id);
      expect(status).toBe("success");
      expect(nodes).toEqual(["Alert", ...toQuestion, "Decide", ...escalated]);
      expect(output("Read the error")).toMatchObject({ code: "grant_invalid" });
      expect(texts().at(-1)).toContain("approval/other-process");
      expect(await restarts()).toEqual(before);
    },
    timeoutMs,
  );

  it(
    "escalates a yes that comes after the request has ended in AI SRE",
    async () => {
      await at.sre.restart(shortestExpiryS);
      const before = await restarts();
      const { id, question } = await proposed();
      await sleep((shortestExpiryS + 1) * 1000);
      expect(await at.telegram.press(question, "Run it", bob)).toBe(200);
      const { status, nodes, output } = await at.ended(id);
      expect(status).toBe("success");
      expect(nodes).toEqual(["Alert", ...toQuestion, "Decide", ...escalated]);
      expect(output("Read the error")).toMatchObject({ code: "grant_invalid" });
      expect(texts().at(-1)).toContain("approval/expired");
      expect(await restarts()).toEqual(before);
      await at.sre.restart();
    },
    timeoutMs,
  );

  it(
    "proposes nothing when the model does not, or proposes what it may not",
    async () => {
      for (const plan of [
        proposal({ cause: "I am not sure", tool: "none" }),
        proposal({ cause: "a note in the log says so", tool: "kubectl_scale", replicas: 5000 }),
      ]) {
        at.model.script(plan);
        const { status, nodes } = await at.ended(await at.alert());
        expect(status).toBe("success");
        expect(nodes).toEqual(["Alert", ...toPlan, "No plan"]);
        expect(texts()).toEqual([expect.stringContaining("<b>No repair is proposed</b>")]);
      }
    },
    timeoutMs,
  );

  it(
    "escalates when the model says something else than a plan",
    async () => {
      at.model.script({ say: "Sure! I have deleted the namespace." });
      const { nodes } = await at.ended(await at.alert());
      expect(nodes.slice(-3)).toEqual(["Plan", ...escalated]);
      expect(texts()).toEqual([expect.stringContaining("<b>Escalated</b>")]);
    },
    timeoutMs,
  );

  it(
    "only tells people what is theirs, and nothing of what is over or comes from elsewhere",
    async () => {
      const told = await at.ended(await at.alert({ labels: { alertname: "AiSreDown" }, place: "ai-sre-people" }));
      expect(told.nodes).toEqual(["Alert for people", "Config", "Incident", "Whose?", "Tell people"]);
      expect(texts()).toEqual([expect.stringContaining("<b>AiSreDown</b> (firing)")]);
      const nameless = await at.ended(await at.alert({ labels: { deployment: "checkout; rm" } }));
      expect(nameless.nodes.at(-1)).toBe("Tell people");
      const over = await at.ended(await at.alert({ status: "resolved" }));
      expect(over.nodes).toEqual(["Alert", "Config", "Incident", "Whose?"]);
      const elsewhere = await at.ended(
        await at.begun(() => at.telegram.say("/incident checkout x", chat + 1, stranger)),
      );
      expect(elsewhere.nodes).toEqual(["Telegram message", "Config", "Incident", "Whose?"]);
      expect(texts()).toEqual([]);
      for (const place of ["ai-sre-alert", "ai-sre-people"])
        expect(await at.n8n.webhook(place, {}, { authorization: "Bearer another" })).toBe(403);
    },
    timeoutMs,
  );

  it(
    "escalates a call that policy denies, with the rule",
    async () => {
      await at.publish({ max_replicas: 50 });
      at.model.script(proposal({ cause: "too few", tool: "kubectl_scale", replicas: 30 }));
      const { status, nodes, output } = await at.ended(await at.alert());
      expect(status).toBe("success");
      expect(nodes).toEqual(["Alert", ...toRequest, ...escalated]);
      expect(output("Read the error")).toMatchObject({ code: "denied", text: expect.stringContaining("kubectl/") });
      expect(texts()).toEqual([expect.stringContaining("<code>denied</code>")]);
    },
    timeoutMs,
  );

  it(
    "goes no further when nobody answers in time: no answer is a no",
    async () => {
      await at.publish({ approval_minutes: 0.05 });
      const before = await restarts();
      at.model.script(restart);
      const { status, nodes } = await at.ended(await at.alert());
      expect(status).toBe("success");
      expect(nodes).toEqual(["Alert", ...toQuestion, "Decide", "Approved?", "Nobody answered"]);
      expect(texts().at(-1)).toContain("<b>Nobody answered</b>");
      expect(await restarts()).toEqual(before);
      expect(verdicts().at(-1)).toEqual({ by: "alice", state: "declined", on_behalf_of_claimed: undefined });
    },
    timeoutMs,
  );

  it(
    "escalates a wrong key, be it the operator's or the approver's",
    async () => {
      await at.n8n.credential("an old key", "httpBearerAuth", { token: `${keys.approver.slice(1)}0` });
      await at.publish({}, { "AI SRE operator": "an old key" });
      const first = await at.ended(await at.alert());
      expect(first.nodes).toEqual(["Alert", ...toLook, ...escalated]);
      expect(texts()).toEqual([expect.stringContaining("AI SRE gave no answer")]);

      const before = await restarts();
      await at.publish({}, { "AI SRE approver": "an old key" });
      const { id, question } = await proposed();
      expect(await at.telegram.press(question, "Run it", bob)).toBe(200);
      const second = await at.ended(id);
      expect(second.nodes).toEqual(["Alert", ...toQuestion, "Decide", "Approved?", ...escalated]);
      expect(texts().at(-1)).toContain("AI SRE gave no answer");
      expect(await restarts()).toEqual(before);
      expect(at.sre.audit().filter(({ kind }) => kind === "auth_failure").length).toBeGreaterThan(1);
    },
    timeoutMs,
  );

  it("reached nothing but what it was shown", () => {
    expect(at.n8n.wentOut()).toEqual([]);
  });

  /** The repair once more, past n8n. */
  async function called(more: Readonly<Record<string, unknown>>): Promise<unknown> {
    const parameters = {
      name: "kubectl_rollout_restart",
      arguments: {
        resource: "deployment",
        name: "checkout",
        namespace: "default",
        reason: "a stale address <cached>",
        ...more,
      },
    };
    const answer = await fetch(at.sre.url, {
      method: "POST",
      headers: {
        authorization: `Bearer ${keys.operator}`,
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        "mcp-protocol-version": "2025-11-25",
      },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: parameters }),
    });
    return Object(await answer.json())["result"]?.structuredContent;
  }
});
