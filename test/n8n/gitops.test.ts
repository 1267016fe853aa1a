// n8n/gitops.json in a real n8n against the real AI SRE, real git over HTTP and the stand-in for GitHub's API: an alert becomes a
// pull request, or the branch of the workflow that says why not.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { type SimulatedCluster, startSimulatedCluster } from "../../demo/cluster/start.ts";
import { freePort } from "../helpers/free-port.ts";
import { startServer } from "../helpers/server.ts";
import { type Forge, openForge, token } from "./forge.ts";
import { keys } from "./ai-sre.ts";
import { anna, openStage, type Stage } from "./stage.ts";
import type { Message } from "./telegram.ts";
import { readTemplate } from "./template.ts";

const old = "replicas: 1\n";
const fixed = "replicas: 3\n";
const fix = (content = fixed) => ({
  say: JSON.stringify({
    output: { can_fix: true, title: "fix: three of web", description: "One is too few.\nLook at the load.", content },
  }),
});
const alert = (deployment: string, status = "firing") => ({
  status,
  commonLabels: { alertname: "TooFewReplicas", deployment },
  alerts: [{ fingerprint: "0123456789abcdef" }],
});
const branch = "ai-sre/web-01234567";

describe("the pull request's template", { timeout: 180_000 }, () => {
  let cluster: SimulatedCluster;
  let stage: Stage;
  let port: number;
  let workflow: string;
  beforeAll(async () => {
    cluster = await startSimulatedCluster();
    stage = await openStage();
    port = await freePort();
    workflow = await publish();
  }, 300_000);
  afterAll(async () => {
    await stage?.close();
    await cluster?.stop();
  });

  beforeEach(() => stage.begin());
  const next = (text: RegExp): Promise<Message> => stage.next(text);

  const publish = (more: Readonly<Record<string, number>> = {}): Promise<string> => {
    const url = `http://127.0.0.1:${port}/mcp/http`;
    const settings = { ai_sre_url: url, chat_id: "42", approver_ids: "42", checks_wait_seconds: 1, checks_tries: 30 };
    return stage.n8n.workflow(readTemplate("gitops", { ...settings, ...more }));
  };

  /** AI SRE over a repository of its own, at the address that the workflow knows. */
  async function openSite(): Promise<Forge & { readonly restart: () => Promise<void> }> {
    const forge = await openForge();
    const data = path.join(path.dirname(cluster.kubeconfig), "site.yaml");
    writeFileSync(data, "toolsets: [kubectl, git, gh, cli, server]\n");
    const start = () =>
      startServer({
        KUBECONFIG: cluster.kubeconfig,
        MCP_SERVER_PORT: String(port),
        MCP_APPROVER_KEY: keys.approver,
        AISRE_POLICY_DATA: data,
        GITHUB_REPO: "o/r",
        GITHUB_TOKEN: token,
        GITHUB_SERVER_URL: forge.url,
      });
    let server = await start();
    onTestFinished(() => server.close());
    return Object.assign(forge, {
      restart: async () => {
        await server.close();
        server = await start();
      },
    });
  }

  const branches = ({ git }: Forge): string => git.git("branch", "--list", "--format=%(refname:short)");

  it("commits, pushes and opens it once approved, tells the link, and hears that the checks failed", async () => {
    const forge = await openSite();
    stage.model.script(fix());
    await stage.post("ai-sre-gitops", alert("web"));
    const plan = await next(/May this run\? Nothing has run yet/);
    expect(plan.text).toContain("replicas: 3");
    expect(branches(forge)).toBe("main");
    await stage.press(await next(/may the pull request shown above be opened/), "Open it", anna);
    expect((await next(/Pull request opened/)).text).toContain("https://github.com/o/r/pull/18");
    expect(forge.opened()).toEqual([{ title: "fix: three of web", head: branch }]);
    expect(`${forge.git.git("show", `${branch}:apps/web.yaml`)}\n`).toBe(fixed);
    expect(`${forge.git.git("show", "main:apps/web.yaml")}\n`).toBe(old);
    expect((await next(/Checks did not pass/)).text).toMatch(/test\s+fail/);

    // The alert fires on: the pull request is there, so nobody is asked again.
    const asked = stage.model.questions.length;
    const before = stage.telegram.messages.length;
    await stage.post("ai-sre-gitops", alert("web"));
    await stage.idle();
    expect([stage.model.questions.length, stage.telegram.messages.length]).toEqual([asked, before]);
  });

  it("waits while checks run, and says that they passed", async () => {
    const forge = await openSite();
    forge.checks = "running";
    stage.model.script(fix());
    await stage.post("ai-sre-gitops", alert("web"));
    await stage.press(await next(/may the pull request shown above be opened/), "Open it", anna);
    await next(/Pull request opened/);
    await forge.asked(/statusCheckRollup/);
    forge.checks = "SUCCESS";
    expect((await next(/Checks passed/)).text).toContain("https://github.com/o/r/pull/18");
  });

  it("opens nothing that a person refused", async () => {
    const forge = await openSite();
    stage.model.script(fix());
    await stage.post("ai-sre-gitops", alert("web"));
    await stage.press(await next(/may the pull request shown above be opened/), "No", anna);
    await next(/No pull request was opened: nobody who may approved it/);
    expect([branches(forge), forge.opened()]).toEqual(["main", []]);
  });

  it("escalates when AI SRE was restarted between request and verdict", async () => {
    const forge = await openSite();
    stage.model.script(fix());
    await stage.post("ai-sre-gitops", alert("web"));
    const question = await next(/may the pull request shown above be opened/);
    await forge.restart();
    await stage.press(question, "Open it", anna);
    expect((await next(/It did not work/)).text).toMatch(/approval\/(?:other-process|forged)/);
    expect([branches(forge), forge.opened()]).toEqual(["main", []]);
  });

  it("leaves to people what names no deployment of its namespace", async () => {
    const forge = await openSite();
    const asked = stage.model.questions.length;
    const labels = [
      { deployment: "../infra/web" },
      { deployment: "web", namespace: "prod" },
      { deployment: "$`web" },
      {},
    ];
    for (const label of labels) {
      const before = stage.telegram.messages.length;
      await stage.post("ai-sre-gitops", {
        ...alert("web"),
        commonLabels: { alertname: "TooFewReplicas", ...label },
      });
      await stage.telegram.waitFor(/<b>For people<\/b>: TooFewReplicas/, before);
    }
    expect([stage.model.questions.length, branches(forge)]).toEqual([asked, "main"]);
  });

  it("says so when the model sees no fix in this file", async () => {
    await openSite();
    stage.model.script({
      say: JSON.stringify({ output: { can_fix: false, title: "", description: "The node is <full>.", content: "" } }),
    });
    await stage.post("ai-sre-gitops", alert("web"));
    expect((await next(/No fix by pull request/)).text).toContain("The node is &lt;full&gt;.");
  });

  it("shows no model a file with a secret in it", async () => {
    const forge = await openSite();
    forge.git.commit({ "apps/web.yaml": `replicas: 1\npassword: ${"hunter2-".repeat(3)}\n` });
    const asked = stage.model.questions.length;
    await stage.post("ai-sre-gitops", alert("web"));
    await next(/By hand, please/);
    expect(stage.model.questions.length).toBe(asked);
  });

  it("escalates when there is no such file", async () => {
    await openSite();
    await stage.post("ai-sre-gitops", alert("checkout"));
    expect((await next(/It did not work/)).text).toContain("apps/checkout.yaml");
  });

  it("escalates when AI SRE is not there", async () => {
    await stage.post("ai-sre-gitops", alert("web"));
    expect((await next(/It did not work/)).text).toContain("AI SRE did not answer");
  });

  it("leaves an alert alone that is resolved", async () => {
    const before = stage.telegram.messages.length;
    await stage.post("ai-sre-gitops", alert("web", "resolved"));
    await stage.idle();
    expect(stage.telegram.messages.length).toBe(before);
  });

  it("opens nothing when nobody answers in time", async () => {
    const forge = await openSite();
    await stage.n8n.unpublish(workflow);
    workflow = await publish({ approval_minutes: 0.05 });
    stage.model.script(fix());
    await stage.post("ai-sre-gitops", alert("web"));
    await next(/No pull request was opened: nobody who may approved it/);
    expect([branches(forge), forge.opened()]).toEqual(["main", []]);
  });
});
