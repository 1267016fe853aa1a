// `ai-sre serve`: reads the configuration, composes the server, serves until SIGTERM or SIGINT, then drains. With --stdio it
// serves one local client on standard input and output, until that client closes.
import { Command } from "commander";
import { loadConfig } from "../config/load.ts";
import { writeStandardOutput } from "../transport/standard-output.ts";

/** How long running calls may take to end after SIGTERM, milliseconds: a change runs to its own limit of 55 s. The chart grants 75 s. */
const drainMs = 60_000;

export function serveCommand(): Command {
  return new Command("serve")
    .description("Serve MCP over WebSocket (/mcp) and Streamable HTTP (/mcp/http), with /health and /metrics.")
    .option("--stdio", "serve one local client on standard input and output instead; needs AISRE_AUDIT_FILE")
    .action(({ stdio }: { readonly stdio?: true }) => (stdio === true ? serveStdio() : serveSockets()));
}

async function serveSockets(): Promise<void> {
  const stopAsked = stopSignal();
  const { composeServer } = await import("../compose.ts");
  const server = await composeServer(loadConfig());
  process.once("exit", () => server.abandon());
  process.on("SIGHUP", () => server.reload());
  await server.listen();
  await stopAsked;
  await server.stop(drainMs);
}

/** A client that has gone needs no grace: what it asked is answered, or has had its time. */
async function serveStdio(): Promise<void> {
  const stopAsked = stopSignal();
  const config = loadConfig(undefined, { stdio: true });
  const { composeStdioServer } = await import("../compose.ts");
  const server = await composeStdioServer(config, { input: process.stdin, write: writeStandardOutput });
  process.once("exit", () => server.abandon());
  process.on("SIGHUP", () => server.reload());
  const { ended } = await server.listen();
  const graceMs = await Promise.race([stopAsked.then(() => drainMs), ended.then(() => 0)]);
  await server.stop(graceMs);
}

/** Resolves at the first SIGTERM or SIGINT; a second one ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = (): void => {
      if (asked) process.exit(1);
      asked = true;
      resolve();
    };
    process.on("SIGTERM", onSignal);
    process.on("SIGINT", onSignal);
  });
}
