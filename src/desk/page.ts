// The rules of the policy as one Markdown page for the security reviewer. Pure; called by `ai-sre policy docs` and `make policy`.
import type { Annotations } from "./annotations.ts";

import { quote } from "./quote.ts";

type Rule = Annotations["rules"][number];
type Example = Rule["examples"]["match"][number];

/** The whole page, with one newline at its end. */
export function renderPolicyPage({ entrypoints, packages, rules }: Annotations): string {
  const sections = packages
    .map((one) => ({ ...one, rules: rules.filter((rule) => rule.package === one.path) }))
    .filter((one) => one.rules.length > 0);
  const lines = [
    "# Policies",
    "",
    "Made by `make policy` from the METADATA of the Rego files: edit those, never this page.",
    "",
    "A denial overrides every permission; without a permission the rule `default` denies and names what is allowed nearby.",
    "Each example below is a test: it is run through the compiled policy as the role `operator`, unless it names another.",
    "Where a rule names keys of site data, they stand with their meaning in `policies/site/data.yaml`; whoever sets them moves the rule.",
    "",
    "| question | answer |",
    "| --- | --- |",
    ...entrypoints.map((one) => `| \`${one.path}\` | ${one.description} |`),
    "",
    "| rule | effect | severity | title |",
    "| --- | --- | --- | --- |",
    ...rules.map((one) => `| [${one.id}](#${anchorOf(one)}) | ${one.effect} | ${one.severity} | ${one.title} |`),
    ...sections.flatMap((one) => ["", `## ${one.title}`, "", one.description, ...one.rules.flatMap(renderRule)]),
    ...renderSiteData(rules),
  ];
  return `${lines.join("\n")}\n`;
}

/** The same the other way round: who sets a key sees what it moves. */
function renderSiteData(rules: readonly Rule[]): readonly string[] {
  const keys = [...new Set(rules.flatMap((rule) => rule.site_data))].toSorted();
  if (keys.length === 0) return [];
  const fedBy = (key: string): string =>
    rules
      .filter((rule) => rule.site_data.includes(key))
      .map((rule) => `[${rule.id}](#${anchorOf(rule)})`)
      .join(" ");
  return [
    "",
    "## Site data",
    "",
    "What each key moves. `limits` and `protected_namespaces` also decide what an allowed call is held to, and whether a person is asked; `rate_limit` and `change_budget` are counted by the server.",
    "",
    "| key | rules |",
    "| --- | --- |",
    ...keys.map((key) => `| \`${key}\` | ${fedBy(key)} |`),
  ];
}

function renderRule(rule: Rule): readonly string[] {
  const { match, not_match: notMatch } = rule.examples;
  return [
    "",
    `### ${rule.id}`,
    "",
    `**${rule.title}.** ${rule.description}`,
    "",
    `${rule.effect === "allow" ? "Allows" : "Denies"} · severity ${rule.severity} · [${rule.file}](../policies/${rule.file})`,
    ...(rule.site_data.length === 0 ? [] : [`· site data: ${rule.site_data.map((key) => `\`${key}\``).join(", ")}`]),
    ...rule.references.map((reference) => `· <${reference}>`),
    ...renderExamples(rule.effect === "allow" ? "Allowed by it:" : "Denied by it:", match),
    ...renderExamples("It does not speak about:", notMatch),
  ];
}

function renderExamples(heading: string, examples: readonly Example[]): readonly string[] {
  if (examples.length === 0) return [];
  return ["", heading, "", "```", ...examples.map(renderExample), "```"];
}

/** An argv as a person would type it; a call as the tool, its arguments and who asks. */
function renderExample(example: Example): string {
  if (Array.isArray(example)) return example.map(quote).join(" ");
  const { tool, arguments: given, principal } = example;
  return `${tool} ${JSON.stringify(given)}${principal === undefined ? "" : ` as ${JSON.stringify(principal)}`}`;
}

/** GitHub's anchor of a heading such as `kubectl/no-secrets`. */
const anchorOf = ({ id }: Rule): string => id.replaceAll("/", "");
