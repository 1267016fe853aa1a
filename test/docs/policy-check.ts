// Runs the real `ai-sre policy check` for the tests in this folder: what a page shows is what the program answers.
import { execFileSync } from "node:child_process";
import path from "node:path";
import * as z from "zod";
import { root } from "./markdown.ts";

const verdictSchema = z.object({
  id: z.string(),
  effect: z.enum(["allow", "deny"]),
  code: z.string(),
  rules: z.array(z.string()),
});

export type Verdict = z.output<typeof verdictSchema>;

/** Verdicts of the default policy, one per line asked, in order. Nothing of this process's settings reaches it. */
export function policyCheck(lines: readonly string[]): readonly Verdict[] {
  const output = execFileSync(process.execPath, [path.join(root, "src/main.ts"), "policy", "check"], {
    cwd: root,
    env: { PATH: process.env["PATH"] },
    input: `${lines.join("\n")}\n`,
    encoding: "utf8",
    maxBuffer: 16 * 1024 * 1024,
  });
  return output
    .trim()
    .split("\n")
    .map((line) => verdictSchema.parse(JSON.parse(line)));
}
