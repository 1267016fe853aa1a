// A GraphQL document → which top-level fields it asks for, with their arguments. Used by graphql.ts. graphql's own parser reads it;
// what could hide something (several operations, fragments at the top) or leads out of a repository is refused.
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  parse,
  type SelectionSetNode,
  visit,
} from "graphql/language";

export interface TopField {
  readonly name: string;
  /** Argument → name of the variable that it is given as. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface ReadDocument {
  readonly operation: "query" | "mutation";
  readonly fields: readonly TopField[];
}

/** Fields that lead to another repository, or to what an owner has besides; gh asks for their names and numbers. */
const leadingOut =
  /repositor|organization|enterprise|contributions|packages|^(?:owner|parent|source|forks|gists?|watching)$/i;
/** `repository { owner { login } }`: what gh shows of one. */
const maxLevels = 2;
/** Deeper than any document of gh's; also the end of fragments that name themselves. */
const maxDepth = 32;
const maxTokens = 5000;

/** Undefined: it is none, or none that gh would send. */
export function readDocument(text: string): ReadDocument | undefined {
  const document = parsed(text);
  if (document === undefined) return undefined;
  const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  const fragments = document.definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION);
  const [operation] = operations;
  if (operation === undefined || operations.length !== 1 || fragments.length + 1 !== document.definitions.length) {
    return undefined;
  }
  if (operation.operation !== "query" && operation.operation !== "mutation") return undefined;
  const top = new Set(operation.selectionSet.selections);
  let leadsOut = false;
  visit(document, {
    Field: (field) => {
      if (top.has(field) || !leadingOut.test(field.name.value)) return;
      const levels = field.selectionSet === undefined ? 0 : levelsOf(field.selectionSet, fragments, 0);
      if ((field.arguments ?? []).length > 0 || levels > maxLevels) leadsOut = true;
    },
  });
  if (leadsOut) return undefined;

  const fields: TopField[] = [];
  for (const selection of operation.selectionSet.selections) {
    if (selection.kind !== Kind.FIELD || (selection.directives ?? []).length > 0) return undefined;
    const variables: Record<string, string> = Object.create(null);
    for (const { name, value } of selection.arguments ?? []) {
      if (value.kind === Kind.VARIABLE) variables[name.value] = value.name.value;
    }
    fields.push({ name: selection.name.value, variables });
  }
  return { operation: operation.operation, fields };
}

function parsed(text: string): DocumentNode | undefined {
  try {
    return parse(text, { noLocation: true, maxTokens });
  } catch {
    return undefined;
  }
}

/** How many fields lie one in the other; fragments are what they stand for. A field with arguments chooses: that is too many. */
function levelsOf(
  { selections }: SelectionSetNode,
  fragments: readonly FragmentDefinitionNode[],
  depth: number,
): number {
  if (depth > maxDepth) return Number.POSITIVE_INFINITY;
  const levels = selections.map((selection) => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const found = fragments.find(({ name }) => name.value === selection.name.value);
      return found === undefined ? Number.POSITIVE_INFINITY : levelsOf(found.selectionSet, fragments, depth + 1);
    }
    if (selection.kind === Kind.FIELD && (selection.arguments ?? []).length > 0) return Number.POSITIVE_INFINITY;
    const inside = selection.selectionSet === undefined ? 0 : levelsOf(selection.selectionSet, fragments, depth + 1);
    return selection.kind === Kind.FIELD ? inside + 1 : inside;
  });
  return Math.max(...levels);
}
