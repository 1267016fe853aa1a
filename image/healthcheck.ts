// What the image's HEALTHCHECK runs: asks /readyz of the server in the same container, without curl and without a shell. Ends
// with 0 when it is ready and 1 otherwise. Kubernetes ignores it; there the chart's probes ask the same.
import { get } from "node:http";

const timeoutMs = 4000;
const port = Number(process.env["MCP_SERVER_PORT"] ?? 8080);

get({ host: "127.0.0.1", port, path: "/readyz", timeout: timeoutMs, agent: false }, (answer) => {
  process.exit(answer.statusCode === 200 ? 0 : 1);
})
  .on("error", () => process.exit(1))
  .on("timeout", () => process.exit(1));
