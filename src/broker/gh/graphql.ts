// What gh may ask of GitHub's graph: the judged repository, a search inside it, objects that it was told of before, and for
// `pr create` the one pull request that was judged. Used by check.ts.
import type { Command } from "../../domain/command.ts";
import { readDocument, type TopField } from "./document.ts";

export interface Asking {
  readonly command: Command;
  /** OWNER/REPO. */
  readonly repository: string;
  /** Ids that GitHub has answered to this command. */
  readonly learned: ReadonlySet<string>;
}

type Fields = Readonly<Record<string, unknown>>;

/** Answers what is wrong with the body, if something is. */
export function problemOf(body: Fields, asking: Asking): string | undefined {
  const { query, variables, ...rest } = body;
  const read = typeof query === "string" ? readDocument(query) : undefined;
  if (read === undefined || Object.keys(rest).length > 0) return "this is no GraphQL that gh would send";
  const given = fieldsOf(variables ?? {});
  const isFine = (field: TopField): boolean =>
    read.operation === "mutation" ? isJudgedChange(field, given, asking) : isJudgedRead(field, given, asking);
  if (read.operation === "mutation" && read.fields.length !== 1) return "gh changes one thing at a time";
  return read.fields.every(isFine) ? undefined : `this ${read.operation} asks for what was not judged`;
}

function isJudgedRead({ name, variables }: TopField, given: Fields, { repository, learned }: Asking): boolean {
  const text = (argument: string): string => {
    const value = given[variables[argument] ?? ""];
    return typeof value === "string" ? value : "";
  };
  switch (name) {
    case "repository":
      return same(`${text("owner")}/${text("name")}`, repository);
    case "search":
      return staysInside(text("query"), repository);
    case "node":
      return learned.has(text("id"));
    // Who the token is, and what GitHub's schema offers.
    case "viewer":
    case "__type":
      return true;
    default:
      return false;
  }
}

const scope = /(repo|org|user|owner|enterprise):\s*"?([^\s"()]*)/gi;

/** Each scope that the search names is the repository, and there is one: several would be joined by "or". */
function staysInside(search: string, repository: string): boolean {
  const named = [...search.matchAll(scope)].map(([, kind = "", value = ""]) => ({ kind: kind.toLowerCase(), value }));
  return named.length > 0 && named.every(({ kind, value }) => kind === "repo" && same(value, repository));
}

function isJudgedChange({ name, variables }: TopField, given: Fields, { command, learned }: Asking): boolean {
  if (name !== "createPullRequest" || command.verb.join(" ") !== "pr create") return false;
  const { repositoryId, headRefName, baseRefName, title, body, draft, maintainerCanModify, ...rest } = fieldsOf(
    given[variables["input"] ?? ""],
  );
  const flag = (flagName: string): string | undefined => command.flags[flagName]?.[0];
  return (
    Object.keys(rest).length === 0 &&
    typeof repositoryId === "string" &&
    learned.has(repositoryId) &&
    headRefName === flag("--head") &&
    baseRefName === flag("--base") &&
    title === flag("--title") &&
    body === flag("--body") &&
    (draft ?? false) === (flag("--draft") === "true") &&
    typeof (maintainerCanModify ?? true) === "boolean"
  );
}

/** GitHub does not tell upper from lower case in names. */
const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};
