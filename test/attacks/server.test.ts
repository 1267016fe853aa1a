// Attacks on the whole server with real binaries and a simulated cluster: what is refused reaches no API, what runs is bounded,
// and no printer of kubectl brings a credential out. Single calls that the corpus holds are not repeated here.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SimulatedCluster, startSimulatedCluster } from "../../demo/cluster/start.ts";
import { type Answer, readAnswer } from "../helpers/answer.ts";
import { type AnyClient, clientKind } from "../helpers/clients.ts";
import { type ServerProcess, startServer } from "../helpers/server.ts";
import { openSocket } from "../helpers/sockets.ts";
import { samples } from "../redaction/samples.ts";

const kubectl = path.resolve(import.meta.dirname, "../../.tools/bin/kubectl");
const password = "Hunter2-correct-horse";

describe("the whole server under attack", () => {
  let cluster: SimulatedCluster;
  let server: ServerProcess;
  let client: AnyClient;
  beforeAll(async () => {
    cluster = await startSimulatedCluster();
    server = await startServer({ KUBECONFIG: cluster.kubeconfig });
    client = await clientKind("SDK 1.32.2 over WebSocket, 2025-11-25").connect(server);
    const container = {
      name: "web",
      args: ["--password", password, `--db-token=${password}`],
      env: [
        { name: "DB_PASSWORD", value: password },
        { name: "GH", value: samples.githubClassic },
      ],
    };
    const annotations = { note: samples.githubClassic, jwt: samples.jwt, aws: samples.awsKey };
    const patch = { metadata: { annotations }, spec: { template: { spec: { containers: [container] } } } };
    const words = ["patch", "deployment", "web", `--patch=${JSON.stringify(patch)}`];
    execFileSync(kubectl, [`--kubeconfig=${cluster.kubeconfig}`, ...words], { stdio: "ignore" });
  });
  afterAll(async () => {
    await client?.close();
    await server?.close();
    await cluster?.stop();
  });
  const call = async (callArguments: Record<string, unknown>): Promise<Answer> =>
    readAnswer((await client.call("cli_tool", callArguments)).structuredContent);

  describe("what is refused", () => {
    const stdin = "x\n";
    it.each([
      "secrets.v1",
      "Secrets.v1.",
      "secrets.",
      "cm,secrets.v1.",
      "pods/a secret/x",
      "all,secrets",
      "nodes,secrets",
      "sa,secret -o name",
      "secrets --sort-by=.data",
      "secret,hr -n flux-system",
      "pods,hr -n flux-system",
      "pods -n DEFAULT",
      "pods -n ''",
      "pods -n default,kube-system",
      "pods --namespace=default -nkube-system",
      "nodes,pods -n kube-system",
      "pods a..b",
      "pods ../x",
      "pods/a/log",
      "pods --request-timeout=0",
      "pods -v9",
      "pods --kuberc=/x",
      "pods --log-file=/x",
      "pods -o json=x",
      "pods -o=jsonpath",
      "pods --cached",
      "pods -",
    ])("kubectl get %s", async (words) => {
      await expectRefused({ command: `kubectl get ${words}` });
    });

    it.each([
      ["kubectl", "describe", "sa/default"],
      ["kubectl", "events", "-n", "kube-system"],
      ["kubectl", "logs", "deploy/web", "-n", "kube-system"],
      ["kubectl", "auth", "can-i", "get", "/healthz"],
      ["kubectl", "auth", "can-i", "create", "pods", "--as=x"],
      ["kubectl", "delete", "pod", "a", "--cascade=orphan"],
      ["kubectl", "rollout", "restart", "deploy/a", "deploy/b"],
      ["kubectl", "rollout", "restart", "deploy", "a", "--dry-run=server"],
      ["kubectl", "cluster-info", "dump"],
      ["kubeсtl", "get", "pods"],
      ["kubectl", "get", "pоds"],
      ["kubectl", "get", "pods", "-n", "kube\u2010system"],
      ["kubectl", "get", "pods", "a\r"],
      ["jq", "-n", "--args", "."],
      ["jq", "-L/", "."],
      ["jq", "-n", "?//env"],
      ["jq", "-n", "reduce env as $x (0;1)"],
      ["jq", "-n", "{a:1,env:2,b:env}"],
      ["jq", "--stream-errors", "."],
      ["grep", "-dread", "x"],
      ["grep", "-nHr", "x"],
      ["sort", "--random-source=/x"],
      ["sort", "-t", "\\0"],
      ["sort", "+1"],
      ["uniq", "-", "/x"],
      ["uniq", "--group"],
      ["head", "-n", "1e9"],
      ["head", "-c", "1G"],
      ["tail", "--pid=1"],
      ["wc", "--total=never"],
      ["cut", "-z", "-f1"],
      ["tee", "/x"],
    ])("%s %s %s %s", async (...argv) => {
      await expectRefused({ argv, stdin });
    });

    async function expectRefused(callArguments: Record<string, unknown>): Promise<void> {
      const before = await cluster.requests();
      const answer = await call(callArguments);
      expect(["denied", "not_understood"], JSON.stringify(answer)).toContain(answer.code);
      expect(await cluster.requests()).toEqual(before);
      const own = server.audit().filter(({ call_id }) => call_id === answer.call_id);
      expect(own.length).toBeGreaterThan(0);
      expect(own.every(({ kind, effect }) => kind === "decision" && effect !== undefined)).toBe(true);
    }
  });

  describe("no printer brings a credential out", () => {
    const one = "kubectl get deployment web -o";
    it.each([
      `${one} json`,
      `${one} yaml`,
      "kubectl describe deployment web",
      "kubectl rollout history deployment web --revision=2",
      `${one} jsonpath={.spec}`,
      `${one} jsonpath={.metadata.annotations}`,
      `${one} 'jsonpath=x{.metadata.annotations.note}x'`,
      `${one} 'jsonpath=x{.metadata.annotations.jwt}'`,
      `${one} 'jsonpath={.metadata.annotations.aws}0'`,
      `${one} 'jsonpath={.metadata.annotations.jwt}{.metadata.annotations.note}{.metadata.annotations.aws}'`,
      `${one} 'jsonpath={.metadata[0]}'`,
      `${one} 'go-template={{.spec}}'`,
      `${one} 'go-template=x{{.metadata.annotations.note}}x'`,
      `${one} custom-columns=X:.spec.template.spec.containers,Y:.metadata.annotations`,
      "kubectl get deployment,replicaset -o wide --show-labels",
      `${one} json | jq -c .. | tr -d '"' | cut -c 1-200`,
    ])("%s", async (command) => {
      const answer = await call({ command });
      expect(["ok", "exited"], JSON.stringify(answer.reasons)).toContain(answer.code);
      const said = JSON.stringify(answer);
      for (const secret of [password, samples.githubClassic, samples.jwt, samples.awsKey]) {
        expect(said).not.toContain(secret);
      }
    });

    it.each([
      "jsonpath={.spec.template.spec.containers[0].env[0].value}",
      "jsonpath={..value}",
      "jsonpath={..['value']}",
      "jsonpath={..val\\ue}",
      "jsonpath={..args[1]}",
      "jsonpath={.metadata.annotations.*}",
      "jsonpath={.metadata.annotations..}",
      'jsonpath={.items[?(@.metadata.annotations.note>"gh")].metadata.name}',
      "jsonpath-as-json={..value}",
      "custom-columns=X:.spec.template.spec.containers[*].env[*].value",
      "go-template={{range .metadata.annotations}}{{.}}{{end}}",
      "go-template={{range $k, $v := .metadata.annotations}}{{$v}}{{end}}",
      "go-template={{index .metadata.annotations.note 0}}",
      'go-template={{if gt .metadata.annotations.note "gh"}}yes{{end}}',
      "go-template={{$x := .metadata}}{{$x}}",
    ])("-o %s is denied", async (output) => {
      const answer = await call({ argv: ["kubectl", "get", "deployment", "web", "-o", output] });
      expect(answer).toMatchObject({ code: "denied" });
      expect(answer.decision.rules.filter((rule) => !rule.startsWith("kubectl/template-"))).toEqual([]);
    });

    it("and what was looked for is not in the audit, the log or the metrics either", async () => {
      const metrics = await (await fetch(`${server.metricsBase}/metrics`)).text();
      const kept = server.auditText() + server.stderr() + metrics;
      for (const secret of [password, samples.githubClassic, samples.jwt, samples.awsKey]) {
        expect(kept).not.toContain(secret);
      }
    });
  });

  describe("what eats memory", () => {
    const words = "abcabcabc\n".repeat(50);
    /** Its own words when the sandbox gives it no more, ours when it is killed. */
    const outOfMemory = /needed more memory|allocate memory|memory exhausted/i;
    it.each([
      [["jq", "-n", "[range(1e9)]"], undefined],
      [["jq", "-n", "def f: [f]; f"], undefined],
      [["grep", "-E", "((((a{1,255}){1,255}){1,255}){1,255})"], words],
    ])("%j ends, and says so", async (argv, stdin) => {
      const answer = await call({ argv, timeout_seconds: 30, ...(stdin === undefined ? {} : { stdin }) });
      expect(answer).toMatchObject({ code: "exited", stderr: expect.stringMatching(outOfMemory) });
    });

    it("in redaction: the server neither hangs nor grows", async () => {
      const program = '"Secret"+("{"*100000)+"\\"data\\":{"+("\\"a\\":\\"b\\","*25000)+"}"+("}"*100000)';
      const answer = await call({ argv: ["jq", "-nr", program], timeout_seconds: 20 });
      expect(answer).toMatchObject({ code: "ok", truncated: true });
      const resident = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))?.[1]);
      expect(resident).toBeLessThan(1024 * 1024);
    });
  });

  it("thousands of calls in one breath on one socket: each is answered and recorded, and the server stays ready", async () => {
    const burst = 3000;
    const socket = await openSocket(server.wsUrl, ["mcp"], { authorization: `Bearer ${server.key}` });
    const clientInfo = { name: "test", version: "1.0.0" };
    await socket.ask("initialize", "i", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo });
    const params = { name: "cli_tool", arguments: { command: "kubectl get secrets" } };
    const asked = Promise.all(Array.from({ length: burst }, (_none, id) => socket.ask("tools/call", id, params)));
    expect((await fetch(`${server.base}/readyz`)).status).toBe(200);
    const codes = (await asked).map(({ result }) => /"code":"(\w+)"/.exec(JSON.stringify(result))?.[1]);
    expect(new Set(codes)).toEqual(new Set(["denied"]));
    expect((await fetch(`${server.base}/readyz`)).status).toBe(200);
    expect(server.audit().filter(({ code }) => code === "audit_unavailable")).toEqual([]);
    socket.socket.terminate();
  });
});
