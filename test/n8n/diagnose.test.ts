// The template `diagnose` in a real n8n against a real AI SRE: it answers, and where it cannot, it says so in a branch of its own.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../helpers/free-port.ts";
import { type AiSre, keys, startAiSre } from "./ai-sre.ts";
import { fromAlertmanager, makeCredentials } from "./credentials.ts";
import { endedExecution, nextExecution } from "./executions.ts";
import { type N8n, startN8n } from "./n8n.ts";
import { readTemplate } from "./template.ts";

const nowhere = { telegram: "http://127.0.0.1:1", model: "http://127.0.0.1:1" };
/** n8n does not use the error output for a connection that it does not get: it hands on what went in. */
const unreached = ["Ask", "Config", "Question", "Pods", "Workload", "Events", "Answered?", "Not answered"];

describe("the template diagnose", () => {
  let sre: AiSre;
  let n8n: N8n;
  let workflow: string;
  beforeAll(async () => {
    [sre, n8n] = await Promise.all([startAiSre(), startN8n()]);
    await makeCredentials(n8n, nowhere);
    workflow = await n8n.workflow(readTemplate("diagnose", { ai_sre_url: sre.url, workload: "checkout" }));
  }, 300_000);
  afterAll(async () => {
    await Promise.all([sre?.stop(), n8n?.stop()]);
  });

  const ask = async (body: unknown, headers: Readonly<Record<string, string>> = fromAlertmanager) => {
    let status = 0;
    const id = await nextExecution(n8n, workflow, async () => {
      status = await n8n.webhook("ai-sre-diagnose", body, headers);
    });
    expect(status).toBe(200);
    return endedExecution(n8n, id);
  };

  it("answers with what kubectl says of the workload that Config names", async () => {
    const { status, nodes, output } = await ask({});
    expect(status).toBe("success");
    expect(nodes).toEqual(["Ask", "Config", "Question", "Pods", "Workload", "Events", "Answered?", "Answer"]);
    expect(output("Answer")).toEqual({
      outcome: "answered",
      pods: expect.stringMatching(/^checkout-\S+ +0\/1 +CrashLoopBackOff /m),
      workload: expect.stringContaining("example/checkout:2.14.1"),
      events: expect.stringContaining("BackOff"),
    });
    expect(sre.audit()).toContainEqual(
      expect.objectContaining({
        kind: "intent",
        tool: "kubectl_describe",
        principal: expect.objectContaining({ id: "n8n-observer" }),
      }),
    );
  }, 120_000);

  it("tells a denied call by its code, in the branch for errors", async () => {
    const { status, nodes, output } = await ask({ namespace: "kube-system" });
    expect(status).toBe("success");
    expect(nodes).toEqual(["Ask", "Config", "Question", "Pods", "Not answered"]);
    expect(output("Not answered")).toEqual({
      outcome: "not answered",
      code: "denied",
      error: expect.stringContaining("kubectl/"),
    });
  }, 120_000);

  it("tells a wrong key from a refusal", async () => {
    await n8n.credential("AI SRE viewer of the past", "httpBearerAuth", { token: `${keys.viewer.slice(1)}0` });
    const wrong = await askAnew(sre.url, { "AI SRE viewer": "AI SRE viewer of the past" });
    expect(wrong.nodes).toEqual(unreached);
    expect(wrong.output("Not answered")).toMatchObject({
      code: "not_reached",
      error: expect.stringContaining("AI SRE gave no answer"),
    });
    expect(sre.audit()).toContainEqual(expect.objectContaining({ kind: "auth_failure" }));
  }, 120_000);

  it("says so when AI SRE is not there", async () => {
    const away = await askAnew(`http://127.0.0.1:${await freePort()}/mcp/http`);
    expect(away.nodes).toEqual(unreached);
    expect(away.output("Not answered")).toMatchObject({ outcome: "not answered", code: "not_reached" });
  }, 120_000);

  it("lets in nobody without the webhook's key, and nothing out", async () => {
    expect(await n8n.webhook("ai-sre-diagnose", {}, { authorization: "Bearer another" })).toBe(403);
    expect(n8n.wentOut()).toEqual([]);
  });

  async function askAnew(url: string, renamed: Readonly<Record<string, string>> = {}) {
    await n8n.unpublish(workflow);
    workflow = await n8n.workflow(readTemplate("diagnose", { ai_sre_url: url }, renamed));
    return ask({});
  }
});
