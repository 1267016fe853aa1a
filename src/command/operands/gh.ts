// Operands of gh: a number and nothing else. A URL would lead gh to another repository than --repo (facts: tried).
import { accept, refuse, type Result, type Token } from "../refusal.ts";
import { nothing, type OperandContext, type OperandFacts } from "./facts.ts";

/** One pull request, issue or run by its number. */
export function number(tokens: readonly Token[], { verb }: OperandContext): Result<OperandFacts> {
  const [one, extra] = tokens;
  if (one === undefined) return refuse("Say which, by its number.", verb, "17");
  if (extra !== undefined) return refuse("One number at a time.", extra);
  if (!/^[1-9][0-9]{0,14}$/.test(one.text))
    return refuse("This is no number; URLs and branches are not understood.", one, "17");
  return accept({ ...nothing, operands: [one.text] });
}

/** `gh repo view [OWNER/REPO]`: exactly two segments, a third would be another host. */
export function repository(tokens: readonly Token[], { verb, git }: OperandContext): Result<OperandFacts> {
  const [one, extra] = tokens;
  if (extra !== undefined) return refuse("One repository at a time.", extra);
  const name = one?.text ?? git.repository;
  if (name === undefined) return refuse("Say which repository.", verb, "OWNER/REPO");
  if (!isRepository(name)) return refuse("A repository is OWNER/REPO and nothing else.", one ?? verb, "OWNER/REPO");
  return accept({ ...nothing, operands: [name], repositories: [name] });
}

const isRepository = (text: string): boolean => /^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/[A-Za-z0-9_.-]{1,100}$/.test(text);
