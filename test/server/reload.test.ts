// The running server follows its policy, its site data and its principals, and says so wherever somebody looks.
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { type JSONRPCMessage, ToolListChangedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { clientKind } from "../helpers/clients.ts";
import { eventually } from "../helpers/door.ts";
import { type ServerProcess, startServer } from "../helpers/server.ts";
import { HeaderWebSocketTransport } from "../helpers/websocket-clients.ts";
import { writeBundle } from "../policy/bundles.ts";
import { createSigningKey, signBundle } from "../policy/signing.ts";

const keys = { auditor: "auditor-key-0123456789", guest: "guest-key-0123456789abc" };
const principalOf = (id: keyof typeof keys) =>
  `- id: ${id}\n  roles: [viewer]\n  key_sha256: [${createHash("sha256").update(keys[id]).digest("hex")}]\n`;

describe("a running server", () => {
  const signing = createSigningKey();
  let server: ServerProcess;
  let place: string;
  beforeAll(async () => {
    place = mkdtempSync(path.join(tmpdir(), "aisre-reload-"));
    writeBundle(path.join(place, "bundle"));
    await signBundle(path.join(place, "bundle"), "7", signing);
    writeFileSync(path.join(place, "site.yaml"), "mode: normal\n");
    writeFileSync(path.join(place, "principals.yaml"), principalOf("auditor") + principalOf("guest"));
    writeFileSync(path.join(place, "public.pem"), signing.publicPem);
    server = await startServer({
      AISRE_POLICY: path.join(place, "bundle"),
      AISRE_POLICY_DATA: path.join(place, "site.yaml"),
      AISRE_POLICY_PUBLIC_KEY: path.join(place, "public.pem"),
      AISRE_PRINCIPALS_FILE: path.join(place, "principals.yaml"),
    });
  });
  afterAll(async () => {
    await server.close();
    rmSync(place, { recursive: true });
  });

  const metrics = async (): Promise<string> => (await fetch(`${server.metricsBase}/metrics`)).text();
  const health = async (): Promise<string> =>
    (await fetch(`${server.base}/health`, { headers: { authorization: `Bearer ${server.key}` } })).text();
  const expectEventually = async (read: () => Promise<string>, text: string): Promise<string> => {
    let last = "";
    for (let turn = 0; turn < 300 && !last.includes(text); turn += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      last = await read();
    }
    expect(last).toContain(text);
    return last;
  };
  const connect = async (key: string) => {
    const client = new Client({ name: "test", version: "1" });
    const news: number[] = [];
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => void news.push(Date.now()));
    const transport = new HeaderWebSocketTransport<JSONRPCMessage>(server.wsUrl, key);
    await client.connect(transport);
    return { client, news, transport };
  };
  const reloads = () =>
    server
      .auditText()
      .split("\n")
      .filter((line) => line.includes('"kind":"reload"'))
      .map((line) => reloadLine.parse(JSON.parse(line)));

  it("names its policy and whose it is, in metrics, health and every record", async () => {
    const [, revision] =
      /aisre_policy_info\{revision="(sha256:[0-9a-f]{32})",key_id="[0-9a-f]{16}"\} 1/.exec(await metrics()) ?? [];
    expect(await health()).toContain(`"policy_revision":"${revision}","policy_key_id":"`);
    const client = await clientKind("v2 client over HTTP, 2025-11-25").connect(server);
    await client.call("health_check", {});
    await client.close();
    const records = server
      .auditText()
      .split("\n")
      .filter((line) => line.includes("policy_revision"));
    expect(records.length).toBeGreaterThan(1);
    for (const line of records) expect(line).toMatch(/"policy_key_id":"[0-9a-f]{16}"/);
  });

  it("follows site data: the brake, the tools that are listed, and who is connected hears of it", async () => {
    const { client, news } = await connect(server.key);
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain("kubectl_get");
    writeFileSync(path.join(place, "site.yaml"), "mode: frozen\ntoolsets: [server]\n");
    await eventually(() => news.length > 0, "the client hears that its tools are others");
    expect((await client.listTools()).tools.map(({ name }) => name).sort()).toEqual([
      "health_check",
      "preflight",
      "run_batch",
    ]);
    expect(await metrics()).toContain('aisre_mode{mode="frozen"} 1');
    expect(reloads().at(-1)).toMatchObject({
      details: { what: "policy", result: "replaced", mode: "frozen", bundle_revision: "7" },
    });
    writeFileSync(path.join(place, "site.yaml"), "mode: normal\n");
    await eventually(() => news.length > 1, "the client hears it again");
    await client.close();
  });

  it("keeps its policy when the new one is not signed, says so everywhere, and takes it when it is", async () => {
    const bundle = path.join(place, "bundle");
    writeBundle(bundle, { max_replicas: 3 });
    const told = await expectEventually(metrics, "\naisre_policy_refused 1\n");
    expect(told).toMatch(/aisre_policy_reloads_total\{result="refused"\} [1-9]/);
    const report = await health();
    expect(report).toContain('"status":"degraded"');
    expect(report).toMatch(/"policy_refused":".*is not the file that was signed/);
    expect(server.stderr()).toContain("the policy files are refused, and the policy stays as it was");
    await signBundle(bundle, "6", signing);
    await expectEventually(health, "its revision 6 is not newer than 7");
    await signBundle(bundle, "8", signing);
    await expectEventually(metrics, "\naisre_policy_refused 0\n");
    expect(reloads().at(-1)).toMatchObject({ details: { result: "replaced", bundle_revision: "8" } });
  });

  it("looks at SIGHUP", async () => {
    const count = async (): Promise<number> => Number(/result="unchanged"\} (\d+)/.exec(await metrics())?.[1]);
    const before = await count();
    server.kill("SIGHUP");
    await expectEventually(metrics, `aisre_policy_reloads_total{result="unchanged"} ${before + 1}`);
  });

  it("cuts off whose key is taken away, and nobody else", async () => {
    const [guest, auditor] = [await connect(keys.guest), await connect(keys.auditor)];
    writeFileSync(path.join(place, "principals.yaml"), principalOf("auditor"));
    await eventually(() => guest.transport.socket.readyState === guest.transport.socket.CLOSED, "the guest is cut off");
    expect((await auditor.client.listTools()).tools.length).toBeGreaterThan(0);
    const again = await fetch(server.url, { method: "POST", headers: { authorization: `Bearer ${keys.guest}` } });
    expect(again.status).toBe(401);
    expect(reloads().at(-1)).toMatchObject({ details: { what: "principals", removed: ["guest"] } });
    await auditor.client.close();
  });

  it("keeps its principals when the file is not sound", async () => {
    writeFileSync(path.join(place, "principals.yaml"), "- id: auditor\n  roles: [emperor]\n");
    await expectEventually(health, '"principals_refused":"AISRE_PRINCIPALS_FILE: 0.roles.0');
    const { client } = await connect(keys.auditor);
    await client.close();
  });
});

const reloadLine = z.looseObject({ kind: z.literal("reload"), details: z.looseObject({ what: z.string() }) });
