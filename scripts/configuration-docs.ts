// Writes docs/configuration.md from the schemas of the environment, of site data, of the principals file and of the chart's values; with
// --check compares instead and changes nothing. Called by `make docs` and `make check`.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import { environmentSchema, secretVariables } from "../src/config/environment.ts";
import { principalSchema } from "../src/config/principals.ts";
import { demands } from "../src/config/together.ts";
import { siteDataSchema } from "../src/policy/site-data.ts";
import { chartValuesSchema } from "./chart-values.ts";
import { isMap, tableFrom, valuesOf } from "./setting-rows.ts";

const root = path.resolve(import.meta.dirname, "..");
const pageFile = path.join(root, "docs/configuration.md");

const schemaOf = (schema: z.ZodType): z.core.JSONSchema.BaseSchema => z.toJSONSchema(schema, { io: "input" });
const yamlOf = (file: string): unknown => parse(readFileSync(path.join(root, file), "utf8"));
const secrets = secretVariables.map((name) => `\`${name}\``);

/** The whole page, as it is committed. */
export function renderConfigurationPage(): string {
  const chartValues = schemaOf(chartValuesSchema);
  const { site: _site, ...ofTheChart } = chartValues.properties ?? {};
  return `# Configuration

Made from the schemas by \`make docs\`: what stands here is what the program takes. Everything is checked at the start; whatever is wrong is said at once, one line each, and the program ends with exit code 2.

## Environment

${tableFrom(["variable", "value", "default", "does"], valuesOf(schemaOf(environmentSchema), environmentSchema.parse({})))}

- An empty value counts as none.
- ${secrets.slice(0, -1).join(", ")} and ${secrets.at(-1)} may come from a file: name it in the variable with \`_FILE\` behind it. A file keeps the secret out of \`/proc\`, and out of what an engine shows of a container.
- OpenTelemetry's own \`OTEL_*\` variables switch tracing on: \`OTEL_EXPORTER_OTLP_ENDPOINT\`, \`OTEL_EXPORTER_OTLP_TRACES_ENDPOINT\` or \`OTEL_TRACES_EXPORTER\`. \`OTEL_SDK_DISABLED=true\` switches it off.
- \`NODE_EXTRA_CA_CERTS\` is Node's own: authorities, besides the public ones, that the broker trusts at the forge and at places that \`curl\` asks.

A running server reads again, without a restart, what changed in: the policy's folder and the candidate's, the file of site data, the principals file, and the files that hold the cluster's login. Variables, and the keys and tokens that they or their files hold, are read once.

## What does not start

Besides a value of another shape than the table says:

| setting | is refused |
| --- | --- |
| \`AISRE_…\`, \`MCP_…\` | a name that is not in the table; the nearest one is named |
| \`NAME\` and \`NAME_FILE\` | both set, a file that cannot be read, an empty file |
| \`MCP_SERVER_HOST\` | an address that other machines reach, while nobody has a key |
| \`AISRE_SECRET_KEY_FILE\` | must hold at least 32 characters |
${demands.map(({ variable, says }) => `| \`${variable}\` | ${says} |`).join("\n")}
| principals | two with one id, two that share a key, \`approver\` beside another role, an unknown key of the file |
| site data | an unknown key, the nearest one is named; a value of another shape; the same key twice |
| \`KUBECONFIG\` | a login by \`exec\` or \`auth-provider\`, impersonation, \`proxy-url\`, a file that cannot be read |

What else ends a start (a policy that cannot be used, a sandbox that cannot be had, an audit file that cannot be written, a port that is taken) stands in [errors.md](errors.md#errors-at-start).

## Site data

What differs between sites is data: YAML in the file of \`AISRE_POLICY_DATA\`, with the keys that you change. Maps are merged key by key, lists and single values replace the default; "as shipped" stands for a long one. It lies over the policy's own (\`policies/site/data.yaml\`) and over what variables stand for: \`FLUX_NAMESPACE\` is \`flux_namespace\`, \`GITHUB_REPO\` is \`repositories\`, \`PROMETHEUS_URL\` and \`ALERTMANAGER_URL\` are \`hosts\`, with GET and HEAD. For editors: [policies/schemas/site.json](../policies/schemas/site.json). [policy.md](policy.md#set-it-site-data) has examples.

${tableFrom(["site data", "value", "default", "does"], valuesOf(schemaOf(siteDataSchema), yamlOf("policies/site/data.yaml")))}

## The principals file

A YAML list in the file of \`AISRE_PRINCIPALS_FILE\`, for more callers than the two of \`MCP_API_KEY\` and \`MCP_APPROVER_KEY\`. It is read again when it changes, and connections of a key that is gone are closed.

\`\`\`sh
KEY=$(openssl rand -hex 24)
cat >principals.yaml <<EOT
- id: oncall
  roles: [viewer]
  key_sha256: [$(printf %s "$KEY" | sha256sum | cut -c1-64)]
EOT
\`\`\`

${tableFrom(["field", "value", "does"], valuesOf(schemaOf(principalSchema), undefined))}

## The chart's values

\`site\` holds site data, as above; the Roles are made from it too. [install.md](install.md) shows whole files. For editors: \`chart/values.schema.json\`.

${tableFrom(["chart value", "value", "default", "does"], valuesOf({ ...chartValues, properties: ofTheChart }, without(yamlOf("chart/values.yaml"), "site")))}
`;
}

const without = (values: unknown, name: string): unknown =>
  isMap(values) ? Object.fromEntries(Object.entries(values).filter(([key]) => key !== name)) : values;

if (import.meta.main) {
  const wanted = renderConfigurationPage();
  const isCurrent = existsSync(pageFile) && readFileSync(pageFile, "utf8") === wanted;
  if (process.argv.includes("--check")) {
    console.log(isCurrent ? "docs/configuration.md is up to date" : "docs/configuration.md is stale: run `make docs`");
    process.exitCode = isCurrent ? 0 : 1;
  } else if (!isCurrent) {
    writeFileSync(pageFile, wanted);
    console.log("docs/configuration.md written");
  }
}
