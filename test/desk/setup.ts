// What the tests of this folder share: the committed bundle over a site, as the desk opens it.
import path from "node:path";
import { loadConfig } from "../../src/config/load.ts";
import { type Asked, askedSchema } from "../../src/desk/asked.ts";
import { openSide, type Side } from "../../src/desk/side.ts";

export const root = path.resolve(import.meta.dirname, "../..");

/** The site of test/corpus/README.md, with `yaml` laid over it. */
export function sideWith(yaml = ""): Promise<Side> {
  const { policy, serverUrl } = loadConfig({
    GITHUB_REPO: "o/r",
    PROMETHEUS_URL: "http://prometheus.monitoring.svc:9090",
    ALERTMANAGER_URL: "http://alertmanager.monitoring.svc:9093",
    FLUX_NAMESPACE: "flux-system",
  });
  return openSide({ ...policy, dataFile: yaml }, serverUrl);
}

export const askedOf = (command: string, roles: readonly string[] = ["operator"]): Asked =>
  askedSchema.parse({ tool: "cli_tool", arguments: { command }, principal: { id: "n8n", roles } });
