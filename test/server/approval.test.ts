// The whole life of an approval against the whole server, real kubectl and a simulated cluster: asked by clients that have no
// elicitation, decided by another principal, run once. Over HTTP by both SDKs of the 1.x line, over WebSocket, and by command line.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SimulatedCluster, startSimulatedCluster } from "../../demo/cluster/start.ts";
import { type Answer, readAnswer } from "../helpers/answer.ts";
import { type AnyClient, clientKind } from "../helpers/clients.ts";
import { type ServerProcess, startServer } from "../helpers/server.ts";

const approverKey = "approver-test-key-0123456789";
const main = path.resolve(import.meta.dirname, "../../src/main.ts");

let cluster: SimulatedCluster;
let server: ServerProcess;
beforeAll(async () => {
  cluster = await startSimulatedCluster();
  server = await startServer({ KUBECONFIG: cluster.kubeconfig, MCP_APPROVER_KEY: approverKey });
});
afterAll(async () => {
  await server?.close();
  await cluster?.stop();
});

const connect = (kind: string, key: string): Promise<AnyClient> => clientKind(kind).connect({ ...server, key });
const answerOf = async (client: AnyClient, tool: string, given: Record<string, unknown>): Promise<Answer> =>
  readAnswer((await client.call(tool, given)).structuredContent);

/** How many times the cluster was asked to scale so far. */
const scalings = async (): Promise<number> =>
  (await cluster.writes()).filter((line) => /^(?:PATCH|PUT) .*\/deployments\/web\/scale/.test(line)).length;

const kinds = [
  "SDK 1.26 as n8n embeds it, over HTTP, 2025-11-25",
  "SDK 1.32.2 over HTTP, 2025-11-25",
  "SDK 1.26 over WebSocket, 2025-11-25",
  "SDK 1.32.2 over WebSocket, 2025-11-25",
];

describe.each(kinds)("%s", (kind) => {
  it("asks, is approved, runs exactly that once, and not again", async () => {
    const [agent, person] = [await connect(kind, server.key), await connect(kind, approverKey)];
    try {
      const before = await scalings();
      const scale = { resource: "deployment", name: "web", replicas: 2 + kinds.indexOf(kind), reason: "more load" };
      const asked = await answerOf(agent, "kubectl_scale", scale);
      expect(asked).toMatchObject({ code: "approval_required", approval: { approver_roles: ["approver"] } });
      expect(asked.approval?.summary).toContain(`--replicas=${scale.replicas}`);
      expect(Date.parse(asked.approval?.expires_at ?? "")).toBeGreaterThan(Date.now());
      const request = asked.approval?.request;

      expect((await person.listTools()).map(({ name }) => name).sort()).toEqual(["approval_decide", "health_check"]);
      const own = await answerOf(agent, "approval_decide", { request, verdict: "approve" });
      expect(own).toMatchObject({ outcome: "denied" });
      const said = { request, verdict: "approve", on_behalf_of: "anna" };
      const decided = await answerOf(person, "approval_decide", said);
      expect(decided).toMatchObject({ outcome: "succeeded", grant: expect.any(String) });
      expect(await scalings()).toBe(before);

      const approval = decided.grant;
      const other = await answerOf(agent, "kubectl_scale", { ...scale, replicas: 9, approval });
      expect(other).toMatchObject({ code: "grant_invalid", reasons: [{ rule: "approval/other-plan" }] });
      const ran = await answerOf(agent, "kubectl_scale", { ...scale, approval });
      expect(ran).toMatchObject({ outcome: "succeeded", steps: asked.steps });
      const again = await answerOf(agent, "kubectl_scale", { ...scale, approval });
      expect(again.reasons).toMatchObject([
        { rule: "approval/spent", message: `This grant was spent by call ${ran.call_id}.` },
      ]);
      expect(await scalings()).toBe(before + 1);
    } finally {
      await Promise.all([agent.close(), person.close()]);
    }
  });
});

const cli = (parameters: readonly string[], input = "") =>
  spawnSync(process.execPath, [main, ...parameters], { input, encoding: "utf8" });
const asAgent = (given: readonly string[]) =>
  cli(["call", "--json", "--url", server.url, "--key", server.key, ...given]);

/** Each of these starts several processes, one after the other, and a busy machine takes its time. */
const patience = 180_000;

describe("the command line", { timeout: patience }, () => {
  const scale = ["kubectl_scale", "resource=deployment", "name=web", "replicas=7"];

  it("shows a request, approves it, and the call runs", async () => {
    const before = await scalings();
    const asked = asAgent(scale);
    // Neither done nor failed: a script that goes on after `&&` must not.
    expect(asked.status).toBe(3);
    const { approval } = readAnswer(JSON.parse(asked.stdout));
    const request = approval?.request ?? "";
    const shown = cli(["approve", "show"], request);
    expect(shown).toMatchObject({ status: 0, stdout: `${approval?.summary}\n` });
    const url = `${server.base}/approvals`;
    const approved = cli(["approve", "approve", "-", "--url", url, "--key", approverKey, "--note", "ok"], request);
    expect(approved).toMatchObject({ status: 0, stderr: "" });
    expect(approved.stdout).toContain("--replicas=7");
    const grant = /^grant (\S+)$/m.exec(approved.stdout)?.[1];
    const ran = asAgent([...scale, `approval=${grant}`]);
    expect(ran.status).toBe(0);
    expect(await scalings()).toBe(before + 1);
    const late = cli(["approve", "deny", request, "--url", url, "--key", approverKey]);
    expect(late).toMatchObject({ status: 1 });
    expect(late.stdout).toContain("approval/decided");
  });

  it("says no", async () => {
    const { approval } = readAnswer(JSON.parse(asAgent(scale).stdout));
    const url = `${server.base}/approvals`;
    const denied = cli(["approve", "deny", "-", "--json", "--url", url, "--key", approverKey], approval?.request);
    expect(JSON.parse(denied.stdout)).toMatchObject({ outcome: "succeeded" });
    expect(denied.stdout).not.toContain('"grant"');
  });

  it.each([
    ["no request", "approve", "nonsense", "this is no request"],
    ["a wrong key", "approve", "", "the server refused the key: give a valid one by --key-file FILE"],
  ])("ends with 2 or 1 for %s", (_name, verb, token, words) => {
    const request = token === "" ? (readAnswer(JSON.parse(asAgent(scale).stdout)).approval?.request ?? "") : token;
    const said = cli(
      ["approve", verb, "-", "--url", `${server.base}/approvals`, "--key", "wrong-key-0123456789"],
      request,
    );
    expect(said.status).not.toBe(0);
    expect(said.stderr).toContain(words);
  });
});

describe("POST /approvals", { timeout: patience }, () => {
  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(`${server.base}/approvals`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${approverKey}`, ...headers },
      body,
    });

  it("is the same tool: its result, its refusals", async () => {
    const { approval } = readAnswer(
      JSON.parse(asAgent(["kubectl_scale", "resource=deploy", "name=web", "replicas=4"]).stdout),
    );
    const said = JSON.stringify({ request: approval?.request, verdict: "approve" });
    const byAgent = await post(said, { authorization: `Bearer ${server.key}` });
    expect(readAnswer(await byAgent.json())).toMatchObject({ outcome: "denied" });
    const answered = await post(said);
    expect(answered.status).toBe(200);
    expect(readAnswer(await answered.json())).toMatchObject({ outcome: "succeeded", grant: expect.any(String) });
    const odd = await post(JSON.stringify({ request: "x", verdict: "perhaps" }));
    expect(readAnswer(await odd.json())).toMatchObject({ code: "invalid_arguments" });
  });

  it.each([
    ["no key", "{}", { authorization: "" }, 401],
    ["a foreign origin", "{}", { origin: "https://evil.example" }, 403],
    ["another type", "{}", { "content-type": "text/plain" }, 415],
    ["no JSON", "{", {}, 400],
  ] as const)("refuses %s at the door", async (_name, body, headers, status) => {
    expect((await post(body, headers)).status).toBe(status);
  });

  it("takes nothing but POST", async () => {
    const response = await fetch(`${server.base}/approvals`, { headers: { authorization: `Bearer ${approverKey}` } });
    expect(response.status).toBe(405);
  });
});

describe("the metric", () => {
  it("counts what became of every request", async () => {
    const text = await (await fetch(`${server.metricsBase}/metrics`)).text();
    const count = (state: string) =>
      Number(new RegExp(`aisre_approvals_total\\{state="${state}"\\} (\\d+)`).exec(text)?.[1]);
    expect(count("used")).toBe(kinds.length + 1);
    expect(count("spent")).toBe(kinds.length);
    expect(count("requested")).toBeGreaterThan(kinds.length);
    expect(count("declined")).toBe(1);
    expect(count("expired")).toBe(0);
  });
});
