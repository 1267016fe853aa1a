// The answers that start no process: the health report, and what a dry run would have run.
import type { Plan } from "../domain/command.ts";
import type { Health } from "../domain/ports.ts";

/** Text of the answer to a plan that runs nothing. */
export const createAnswers =
  (health: Health) =>
  async (plan: Plan): Promise<string> =>
    plan.action === "server" ? healthText(health) : dryRunText(plan);

async function healthText(health: Health): Promise<string> {
  const { status, ready, details } = await health.report();
  return `${JSON.stringify({ status, ready, ...details }, null, 2)}\n`;
}

function dryRunText({ steps }: Plan): string {
  const lines = steps.map(({ stages, fileChanges }) =>
    fileChanges === undefined
      ? stages.map(({ argv }) => JSON.stringify(argv)).join(" | ")
      : fileChanges.map(({ operation, path, bytes }) => `${operation} ${path} (${bytes} bytes)`).join("\n"),
  );
  return ["Dry run: policy allows this, and nothing was run. It would run:", ...lines, ""].join("\n");
}
