// What an agent of a template is given: n8n merges every field of its input item into arguments that the model left out, so the
// node before it keeps `chatInput` alone.
import { assignmentsOf, kinds, linksOf, type Workflow } from "./workflow.ts";

export const agentFaults = (workflow: Workflow): readonly string[] =>
  workflow.nodes
    .filter(({ type }) => type === kinds.agent)
    .flatMap((agent) =>
      linksOf(workflow)
        .filter(({ to, type }) => to === agent.name && type === "main")
        .flatMap(({ from }) => {
          const before = workflow.nodes.find(({ name }) => name === from);
          const kept = before === undefined ? [] : Object.keys(assignmentsOf(before));
          const isAlone =
            kept.length === 1 && kept[0] === "chatInput" && before?.parameters["includeOtherFields"] !== true;
          return isAlone ? [] : [`${agent.name}: ${from} before it keeps more than chatInput`];
        }),
    );
