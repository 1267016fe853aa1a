// `ai-sre call`: an MCP client for one tool call, over HTTP or WebSocket. Also the smoke check of a running server.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport, StreamableHTTPError } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { Command } from "commander";
import * as z from "zod";
import { version } from "../version.ts";
import { type KeyOptions, keyOf, refusedKey, withKey } from "./key-options.ts";
import { endWithReader } from "./standard-output.ts";
import { UpgradeRefused, WebSocketClientTransport } from "./websocket-client.ts";

interface Options extends KeyOptions {
  readonly url: string;
  readonly json?: true;
}

const keyVariable = "MCP_API_KEY";

/** A call that waits for a person has neither run nor failed: what comes behind `&&` must not begin. */
const awaitsApproval = 3;

const exitCodes = `
Exit code: 0 it ran, 1 it was refused or failed, 2 nothing could be asked (usage, no server, the key),
${awaitsApproval} nothing ran yet, since a person has to approve it (approval_required).`;

export function callCommand(): Command {
  const command = new Command("call")
    .description("Call one tool of a running server.")
    .argument("<tool>", "name of the tool, e.g. kubectl_get")
    .argument("[arguments...]", "key=value pairs; values follow the tool's schema")
    .option("--url <url>", "http(s)://…/mcp/http or ws(s)://…/mcp", "http://127.0.0.1:8080/mcp/http");
  return withKey(command, keyVariable)
    .option("--json", "print the structured result")
    .addHelpText("after", exitCodes)
    .action(async (tool: string, pairs: readonly string[], options: Options, command: Command) => {
      endWithReader();
      const key = keyOf(options, keyVariable, command);
      const client = new Client({ name: "ai-sre-call", version });
      const asked = <Answer>(answer: Promise<Answer>, what: string): Promise<Answer> =>
        answer.catch((error: unknown) =>
          command.error(
            isKeyRefused(error)
              ? refusedKey(options.url, key, keyVariable)
              : `${what} ${options.url}: ${error instanceof Error ? error.message : "unknown"}`,
          ),
        );
      await asked(connect(client, options.url, key), "cannot connect to");
      try {
        const { tools } = await asked(client.listTools(), "no list of tools from");
        const properties = tools.find(({ name }) => name === tool)?.inputSchema.properties ?? {};
        const given = readPairs(pairs, properties, command);
        const result = await asked(client.callTool({ name: tool, arguments: given }), "no result from");
        process.stdout.write(
          options.json === true ? `${JSON.stringify(result.structuredContent)}\n` : textOf(result.content),
        );
        process.exitCode = exitCodeOf(result);
      } finally {
        await client.close();
      }
    });
}

/** Async, so that an address that is none rejects like a server that is not there. */
async function connect(client: Client, url: string, key: string | undefined): Promise<void> {
  await client.connect(transportTo(url, key));
}

/** Nobody else than who answers for the key answers so: a Host or a path that is refused has other numbers. */
const isKeyRefused = (error: unknown): boolean =>
  (error instanceof StreamableHTTPError && error.code === 401) ||
  (error instanceof UpgradeRefused && error.status === 401);

const waiting = z.looseObject({ outcome: z.literal("approval_required") });

function exitCodeOf({ isError, structuredContent }: Readonly<Record<string, unknown>>): number {
  if (isError === true) return 1;
  return waiting.safeParse(structuredContent).success ? awaitsApproval : 0;
}

function transportTo(url: string, key: string | undefined): Transport {
  const headers = key === undefined ? {} : { Authorization: `Bearer ${key}` };
  if (/^wss?:/.test(url)) return new WebSocketClientTransport(new URL(url), headers);
  return new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
}

/** `key=value`: a string where the schema says string, JSON elsewhere (`tail=100`, `argv=["jq","."]`). */
function readPairs(pairs: readonly string[], properties: Readonly<Record<string, object>>, command: Command) {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) command.error(`'${pair}' is not key=value`);
      const key = pair.slice(0, at);
      const text = pair.slice(at + 1);
      const schema = properties[key];
      const isText = schema === undefined || !("type" in schema) || schema.type === "string";
      return [key, isText ? text : readJson(key, text, command)];
    }),
  );
}

function readJson(key: string, text: string, command: Command): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return command.error(`${key}: '${text}' is not JSON`);
  }
}

function textOf(content: unknown): string {
  const blocks: readonly unknown[] = Array.isArray(content) ? content : [];
  const texts = blocks.flatMap((block) =>
    typeof block === "object" && block !== null && "text" in block ? [String(block.text)] : [],
  );
  return `${texts.join("\n")}\n`;
}
