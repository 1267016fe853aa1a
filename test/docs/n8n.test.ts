// docs/n8n.md is held to the code: the arguments that are dropped, and the principals file that it shows.
import { describe, expect, it } from "vitest";
import { checkPrincipals, hashKey, parsePrincipals } from "../../src/config/principals.ts";
import { catalog } from "../../src/tools/catalog.ts";
import { readArguments } from "../../src/tools/read-arguments.ts";
import { assignmentsOf, templates, workflowSchema } from "../templates/workflow.ts";
import { codeSpans, fencesOf, readPage } from "./markdown.ts";

const page = "docs/n8n.md";

describe("the page about n8n", () => {
  it("names arguments that every tool drops", () => {
    const line =
      readPage(page)
        .split("\n")
        .find((text) => text.includes("merges fields")) ?? "";
    const extras = codeSpans(line.split("|")[1] ?? "");
    expect(extras).toHaveLength(9);
    const health = catalog.find(({ name }) => name === "health_check");
    const merged = Object.fromEntries(extras.map((name) => [name, "from the input item"]));
    expect(health && readArguments(health, merged)).toMatchObject({ ok: true });
  });

  it("shows a principals file that is read", () => {
    const yaml = fencesOf(page).find(({ language }) => language === "yaml")?.text ?? "";
    let number = 0;
    const filled = yaml.replaceAll(/<sha256[^>]*>/g, () => hashKey(`key ${(number += 1)}`));
    const parsed = parsePrincipals(filled);
    expect("principals" in parsed && parsed.principals.map(({ id, roles }) => [id, roles])).toEqual([
      ["n8n-observer", ["viewer"]],
      ["n8n-operator", ["operator"]],
    ]);
    expect("principals" in parsed ? checkPrincipals(parsed.principals) : parsed).toEqual([]);
  });

  it("names every webhook", () => {
    const places = templates.flatMap(({ json }) =>
      workflowSchema
        .parse(json)
        .nodes.flatMap(({ type, parameters }) =>
          type === "n8n-nodes-base.webhook" ? [String(parameters["path"])] : [],
        ),
    );
    expect(places.length).toBeGreaterThan(3);
    expect(places.filter((place) => !readPage(page).includes(`POST /webhook/${place}`))).toEqual([]);
  });

  it("names every template, every setting of a Config, and every credential", () => {
    const text = readPage(page);
    for (const { file, json } of templates) {
      const { nodes } = workflowSchema.parse(json);
      const config = nodes.find(({ name }) => name === "Config");
      const settings = config === undefined ? [] : Object.keys(assignmentsOf(config));
      const credentials = nodes.flatMap((node) => Object.values(node.credentials ?? {}).map(({ name }) => name));
      expect(text).toContain(`(../${file})`);
      expect([...settings, ...credentials].filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
    }
  });
});
