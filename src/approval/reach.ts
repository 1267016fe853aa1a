// What a plan would reach, as the request says it to policy: effects and namespaces. Pure; used by approvals.ts.
import type { Effect, Plan } from "../domain/command.ts";

export function reachOf({ steps }: Plan): { readonly effects: Effect[]; readonly ns: string[] } {
  const commands = steps.flatMap(({ stages }) => [...stages]);
  const ofFiles: readonly Effect[] = steps.some(({ fileChanges }) => fileChanges !== undefined) ? ["workspace"] : [];
  return {
    effects: [...new Set([...ofFiles, ...commands.map(({ effect }) => effect)])].sort(),
    ns: [...new Set(commands.flatMap(({ namespaces }) => [...namespaces]))].sort(),
  };
}
