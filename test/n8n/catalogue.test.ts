// The templates against n8n's own catalogue of nodes: types, versions, parameters, choices, credentials. Reads an installed n8n and
// starts none of it. One fault of each kind is planted, and has to be found.
import { describe, expect, it } from "vitest";
import { type Catalogue, readCatalogue } from "../templates/catalogue.ts";
import { templates, type Workflow, type WorkflowNode, workflowSchema } from "../templates/workflow.ts";
import { n8nModules } from "./n8n.ts";

describe("n8n's catalogue", () => {
  let catalogue: Catalogue | undefined;
  const faultsOf = (workflow: Workflow): readonly string[] => {
    catalogue ??= readCatalogue(n8nModules ?? "");
    return catalogue.faults(workflow);
  };

  it.each(templates)("has all that is in $file", ({ json }) => {
    expect(faultsOf(workflowSchema.parse(json))).toEqual([]);
  });

  const agent = workflowSchema.parse(templates.find(({ file }) => file === "n8n/agent.json")?.json);
  const changed = (name: string, change: (node: WorkflowNode) => object): Workflow => ({
    ...agent,
    nodes: agent.nodes.map((node) => (node.name === name ? { ...node, ...change(node) } : node)),
  });
  const parameters = (more: object) => (node: WorkflowNode) => ({ parameters: { ...node.parameters, ...more } });

  it.each<[what: string, node: string, change: (node: WorkflowNode) => object, fault: string]>([
    ["a type that is not there", "Config", () => ({ type: "n8n-nodes-base.sett" }), "no type n8n-nodes-base.sett"],
    ["a version that is not there", "Config", () => ({ typeVersion: 99 }), "n8n-nodes-base.set has no version 99"],
    ["a parameter that is not there", "Look", parameters({ url: "http://x" }), "no parameter url"],
    ["an option that is not there", "Model", parameters({ options: { heat: 1 } }), "no parameter options.heat"],
    ["a parameter of another setting", "Look", parameters({ include: "all" }), "no parameter includeTools"],
    [
      "a choice that is not there",
      "Decide",
      parameters({ serverTransport: "webSocket" }),
      "no such choice at serverTransport",
    ],
    [
      "a choice inside an option",
      "Failed",
      parameters({ additionalFields: { parse_mode: "TeX" } }),
      "no such choice at additionalFields.parse_mode",
    ],
    [
      "a credential of another kind",
      "Failed",
      () => ({ credentials: { openAiApi: { id: null, name: "x" } } }),
      "takes no credential openAiApi",
    ],
    ["no credential", "Decide", () => ({ credentials: {} }), "has no credential"],
  ])("finds %s", (_what, node, change, fault) => {
    expect(faultsOf(changed(node, change))).toContain(`${node}: ${fault}`);
  });
});
