// n8n/agent.json in a real n8n against the real AI SRE: what a scripted model may do, what a person sees first, and what reaches a
// tool.
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type SimulatedCluster, startSimulatedCluster } from "../../demo/cluster/start.ts";
import { hashKey } from "../../src/config/principals.ts";
import { type ServerProcess, startServer } from "../helpers/server.ts";
import { assignmentsOf, workflowSchema } from "../templates/workflow.ts";
import { keys } from "./ai-sre.ts";
import type { WorkflowJson } from "./n8n.ts";
import { anna, eve, openStage, type Stage } from "./stage.ts";
import type { Message } from "./telegram.ts";
import { readTemplate } from "./template.ts";

const change = (tool: string, toolParameters: object) => ({
  call: `Change_${tool}`,
  with: { toolParameters, hitlParameters: {} },
});

describe("the agent's template", { timeout: 180_000 }, () => {
  let cluster: SimulatedCluster;
  let server: ServerProcess;
  /** Ends the server in order and starts another with the same files, at the same address. */
  let restart: () => Promise<void>;
  let stage: Stage;
  let workflow: string;
  beforeAll(async () => {
    cluster = await startSimulatedCluster();
    stage = await openStage();
    const principals = path.join(path.dirname(cluster.kubeconfig), "principals.yaml");
    writeFileSync(principals, `- id: n8n-viewer\n  roles: [viewer]\n  key_sha256: ["${hashKey(keys.viewer)}"]\n`);
    const secret = path.join(path.dirname(cluster.kubeconfig), "secret.key");
    writeFileSync(secret, randomBytes(32).toString("hex"), { mode: 0o600 });
    const start = (port: string): Promise<ServerProcess> =>
      startServer({
        KUBECONFIG: cluster.kubeconfig,
        MCP_SERVER_PORT: port,
        MCP_APPROVER_KEY: keys.approver,
        AISRE_PRINCIPALS_FILE: principals,
        AISRE_SECRET_KEY_FILE: secret,
      });
    server = await start("0");
    restart = async () => {
      await server.close();
      server = await start(new URL(server.url).port);
    };
    // Settings of the reader's own, with names that arguments have: n8n would merge them into what the model left out.
    const traps = { namespace: "kube-system", selector: "app=nothing", approval: "none" };
    const settings = { ai_sre_url: server.url, chat_id: "42", approver_ids: "42" };
    workflow = await stage.n8n.workflow(withSettings(readTemplate("agent", settings), traps));
  }, 300_000);
  afterAll(async () => {
    await stage?.close();
    await server?.close();
    await cluster?.stop();
  });

  beforeEach(() => stage.begin());
  const next = (text: RegExp): Promise<Message> => stage.next(text);
  const ask = (chatInput: string) =>
    stage.post("ai-sre-agent", { chatInput, query: "x", body: "y", selector: "app=none" });
  const heard = (): string => JSON.stringify(stage.model.questions.at(-1)?.messages ?? []);

  it("looks freely, and nothing of the item reaches an argument that the model left out", async () => {
    stage.model.script({ call: "Look_kubectl_get", with: { resource: "pods" } }, { say: "checkout crashes." });
    await ask("what is wrong?");
    await next(/checkout crashes\./);
    expect(heard()).toContain("CrashLoopBackOff");
    const argvs = server.audit().flatMap(({ argvs }) => argvs ?? []);
    expect(argvs.at(-1)).toEqual(["kubectl", "get", "--namespace=default", "--request-timeout=30s", "pods"]);
  });

  it("offers reads without a review, changes behind one, and no verdicts", () => {
    const offered = (stage.model.questions.at(0)?.tools ?? []).map(({ function: { name } }) => name);
    expect(offered).toEqual(expect.arrayContaining(["Look_kubectl_get", "Change_kubectl_scale"]));
    expect(offered.filter((name) => /approval|batch|cli/.test(name))).toEqual([]);
  });

  it("runs a change once a person pressed, and not before", async () => {
    const before = (await cluster.writes()).length;
    stage.model.script(
      change("kubectl_rollout_restart", { resource: "deployment", name: "checkout", reason: "crashes_`x`" }),
      { say: "restarted it." },
    );
    await ask("restart checkout");
    const question = await next(/wants to run `Change_kubectl_rollout_restart`/);
    expect((await cluster.writes()).length).toBe(before);
    await stage.press(question, "Run it", anna);
    await next(/restarted it\./);
    expect((await cluster.writes()).slice(before)).toEqual([expect.stringMatching(/^PATCH .*\/deployments\/checkout/)]);
  });

  it("runs nothing that a person refused, and tells the model so", async () => {
    const before = (await cluster.writes()).length;
    stage.model.script(change("kubectl_delete_pod", { name: "web-1" }), { say: "it was refused." });
    await ask("delete a pod");
    await stage.press(await next(/wants to run `Change_kubectl_delete_pod`/), "No", anna);
    await next(/it was refused\./);
    expect(heard()).toMatch(/rejected the tool call/);
    expect((await cluster.writes()).length).toBe(before);
  });

  it("tells the model which rule refused", async () => {
    stage.model.script({ call: "Look_kubectl_get", with: { resource: "secrets" } }, { say: "that is not allowed." });
    await ask("show the secrets");
    await next(/that is not allowed\./);
    expect(heard()).toContain("kubectl/no-secrets");
  });

  describe("where policy asks for an approver", () => {
    const scale = (replicas: number) =>
      change("kubectl_scale", { resource: "deployment", name: "web", replicas, reason: "more load" });
    const toTheQuestion = async (replicas: number): Promise<Message> => {
      stage.model.script(scale(replicas), { say: "it waits." });
      await ask("scale web");
      await stage.press(await next(/wants to run `Change_kubectl_scale`/), "Run it", anna);
      expect((await next(/May this run\? Nothing has run yet/)).text).toContain(`--replicas=${replicas}`);
      return next(/run as shown above/);
    };

    it("shows the exact plan, lets a stranger press in vain, and runs it with the grant", async () => {
      const before = (await cluster.writes()).length;
      const question = await toTheQuestion(3);
      await stage.press(question, "Run it", eve);
      expect((await cluster.writes()).length).toBe(before);
      await stage.press(question, "Run it", anna);
      await next(/<b>Done<\/b>: kubectl_scale/);
      expect((await cluster.writes()).slice(before)).toEqual([expect.stringMatching(/deployments\/web\/scale/)]);
      expect(server.auditText()).toContain('"on_behalf_of_claimed":"anna"');
      expect(heard()).not.toContain(keys.approver);
    });

    it("says that nobody approved, and runs nothing", async () => {
      const before = (await cluster.writes()).length;
      await stage.press(await toTheQuestion(4), "No", anna);
      await next(/kubectl_scale<\/code> did not run/);
      expect((await cluster.writes()).length).toBe(before);
    });

    it("says that it did not work when AI SRE was restarted between request and verdict", async () => {
      const before = (await cluster.writes()).length;
      const question = await toTheQuestion(5);
      await restart();
      await stage.press(question, "Run it", anna);
      expect((await next(/It did not work/)).text).toContain("approval/other-process");
      expect((await cluster.writes()).length).toBe(before);
    });

    it("runs nothing when nobody answers in time: no answer is a no", async () => {
      await stage.n8n.unpublish(workflow);
      // The press on Review has to come within the same time.
      const settings = { ai_sre_url: server.url, chat_id: "42", approver_ids: "42", approval_minutes: 0.5 };
      workflow = await stage.n8n.workflow(readTemplate("agent", settings));
      const before = (await cluster.writes()).length;
      await toTheQuestion(6);
      await next(/kubectl_scale<\/code> did not run/);
      expect((await cluster.writes()).length).toBe(before);
    });
  });

  it("says that it did not work when AI SRE lets it in no more", async () => {
    await stage.n8n.credential("AI SRE viewer of the past", "httpBearerAuth", { token: "a key that was taken back" });
    await stage.n8n.unpublish(workflow);
    const settings = { ai_sre_url: server.url, chat_id: "42", approver_ids: "42" };
    const renamed = { "AI SRE viewer": "AI SRE viewer of the past" };
    await stage.n8n.workflow(readTemplate("agent", settings, renamed));
    stage.model.script({ say: "all is well." });
    await ask("is all well?");
    expect((await next(/It did not work|all is well/)).text).toContain("It did not work");
    expect(stage.n8n.wentOut()).toEqual([]);
  });
});

/** The same workflow with more settings in its Config. */
function withSettings(json: WorkflowJson, more: Readonly<Record<string, string>>): WorkflowJson {
  const { nodes } = workflowSchema.pick({ nodes: true }).parse(json);
  return {
    ...json,
    nodes: nodes.map((node) => {
      if (node.name !== "Config") return node;
      const all = Object.entries({ ...assignmentsOf(node), ...more });
      const assignments = all.map(([name, value]) => ({ id: name, name, value, type: typeof value }));
      return { ...node, parameters: { ...node.parameters, assignments: { assignments } } };
    }),
  };
}
