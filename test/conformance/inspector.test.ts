// The MCP inspector, a client that we did not write, lints the list of tools of the whole server for every role and both
// protocol eras: no schema that some client could not take.
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import * as z from "zod";
import { type ServerProcess, startServer } from "../helpers/server.ts";

const root = path.resolve(import.meta.dirname, "../..");
const program = path.join(root, "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js");
const listSchema = z.object({ tools: z.array(z.looseObject({ name: z.string() })) });

const roles = ["operator", "viewer"] as const;
const keyOf = (role: string): string => `${role}-key-of-the-inspector`;
const principals = roles.map((role) => ({
  id: role,
  roles: [role],
  key_sha256: [createHash("sha256").update(keyOf(role)).digest("hex")],
}));

describe("the MCP inspector", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "aisre-inspector-"));
  let server: ServerProcess;
  beforeAll(async () => {
    const file = path.join(folder, "principals.yaml");
    writeFileSync(file, JSON.stringify(principals));
    // Every toolset, so that every tool is listed.
    const data = path.join(folder, "site.yaml");
    writeFileSync(data, "toolsets: [kubectl, git, gh, flux, helm, monitoring, cli, server]\n");
    server = await startServer({ AISRE_PRINCIPALS_FILE: file, AISRE_POLICY_DATA: data });
  });
  afterAll(async () => {
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** It keeps notes in HOME. */
  const inspect = (url: string, ...more: readonly string[]) =>
    execa(
      process.execPath,
      [program, "--cli", url, "--transport", "http", ...more, "--method", "tools/list", "--strict"],
      { reject: false, timeout: 60_000, stdin: "ignore", cwd: folder, extendEnv: false, env: { HOME: folder } },
    );

  it.each(roles.flatMap((role) => ["legacy", "modern"].map((era) => [role, era] as const)))(
    "finds nothing wrong with what it lists for role %s, %s era",
    async (role, era) => {
      const header = `Authorization: Bearer ${keyOf(role)}`;
      const { exitCode, stdout, stderr } = await inspect(server.url, "--header", header, "--protocol-era", era);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      const names = listSchema.parse(JSON.parse(stdout)).tools.map(({ name }) => name);
      expect(names).toContain("kubectl_get");
      expect(names.includes("git_push")).toBe(role === "operator");
    },
  );

  it("does find what is wrong with a list", async () => {
    const tool = { name: "bad", inputSchema: { type: "object", properties: { a: true } } };
    const { exitCode, stderr } = await inspect(await serveList(tool));
    expect({ exitCode, stderr }).toEqual({ exitCode: 6, stderr: expect.stringContaining("properties.a") });
  });
});

/** A server that knows one tool and nothing else. */
async function serveList(tool: object): Promise<string> {
  const results: Readonly<Record<string, object>> = {
    initialize: { protocolVersion: "2025-11-25", capabilities: { tools: {} }, serverInfo: { name: "x", version: "1" } },
    "tools/list": { tools: [tool] },
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { id, method } = z
        .looseObject({ id: z.int().optional(), method: z.string() })
        .catch({ method: "" })
        .parse(chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString()));
      const result = results[method];
      response.writeHead(request.method === "POST" ? (result === undefined ? 202 : 200) : 405, {
        "content-type": "application/json",
      });
      response.end(result === undefined ? "" : JSON.stringify({ jsonrpc: "2.0", id, result }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return `http://127.0.0.1:${address.port}/mcp`;
}
