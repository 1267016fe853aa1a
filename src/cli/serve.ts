// `ai-sre serve`: reads the configuration, composes the server, serves until SIGTERM or SIGINT, then drains.
import { Command } from "commander";
import { composeServer } from "../compose.ts";
import { loadConfig } from "../config/load.ts";

/** How long running calls may take to end after SIGTERM, milliseconds: Kubernetes grants 30 s by default. */
const drainMs = 25_000;

export function serveCommand(): Command {
  return new Command("serve")
    .description("Serve MCP over WebSocket (/mcp) and Streamable HTTP (/mcp/http), with /health and /metrics.")
    .action(async () => {
      const stopAsked = stopSignal();
      const server = await composeServer(loadConfig());
      process.once("exit", () => server.abandon());
      await server.listen();
      await stopAsked;
      await server.stop(drainMs);
    });
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
