// The net under the whole test run: a server that a test starts is looked through when it is closed, and so is every answer. Here
// each kind of place is given a credential on purpose, so that the net is known to catch.
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { clientKind } from "../helpers/clients.ts";
import { planted } from "../helpers/planted.ts";
import { startServer } from "../helpers/server.ts";

const { key, forge } = planted;

describe("a credential that was left", () => {
  it.each([
    ["in the audit", "audit.jsonl", key.value],
    ["in a file of the server's folder, reversed", "core", Array.from(forge.value).toReversed().join("")],
    ["in a temporary file, in base64", "t/ai-sre-x/cache/f", Buffer.from(`login:${forge.value}`).toString("base64")],
  ])("%s is found when the server is closed", async (_what, name, text) => {
    const server = await startServer();
    const file = path.join(server.folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    if (name.endsWith(".jsonl")) appendFileSync(file, `${JSON.stringify({ message: text })}\n`);
    else writeFileSync(file, text);
    await expect(server.close()).rejects.toThrow(/^a credential leaked into .*: (?:MCP_API_KEY|GITHUB_TOKEN) \(/);
  });

  it("in the log, which says what it was told, is found too", async () => {
    const main = ["-e", `process.stderr.write('{"message":"serving","port":1}\\n' + process.env.MCP_API_KEY + '\\n')`];
    const server = await startServer({}, main);
    await expect(server.close()).rejects.toThrow("a credential leaked into the log: MCP_API_KEY (plain)");
  });

  it("in the arguments or the environment of what a server starts is found too", async () => {
    const starts = `require("child_process").spawn("sleep", ["600"], { env: { A: process.env.MCP_API_KEY } });
      process.stderr.write('{"message":"serving","port":1}\\n'); setTimeout(() => process.kill(0), 600_000)`;
    const main = ["-e", starts];
    const server = await startServer({}, main);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await expect(server.close()).rejects.toThrow("environment of sleep: MCP_API_KEY (plain)");
  });

  it("in an answer is found by whoever asked", async () => {
    const server = await startServer();
    const client = await clientKind("SDK 1.32.2 over HTTP, 2025-11-25").connect(server);
    // An answer repeats the word that was not understood.
    const call = client.call("cli_tool", { argv: [key.value] });
    await expect(call).rejects.toThrow("a credential leaked into a result: MCP_API_KEY (plain)");
    await client.close();
    await server.close().catch(() => undefined);
  });
});
