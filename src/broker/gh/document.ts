// A GraphQL document → which top-level fields it asks for, with their arguments. Used by check.ts. graphql's own parser reads it;
// what could hide something (several operations, fragments at the top) is refused.
import { Kind, parse, visit } from "graphql/language";

export interface TopField {
  readonly name: string;
  /** Argument → name of the variable that it is given as. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface ReadDocument {
  readonly operation: "query" | "mutation";
  readonly fields: readonly TopField[];
}

/** Ways that lead out of the repository to what its owner has besides; their names and numbers may be asked for, no more. */
const leadingOut =
  /^(?:.*repositories.*|organizations?|enterprises?|gists?|watching|contributionsCollection|packages)$/i;
const maxTokens = 5000;

/** Undefined: it is none, or none that gh would send. */
export function readDocument(text: string): ReadDocument | undefined {
  let document;
  try {
    document = parse(text, { noLocation: true, maxTokens });
  } catch {
    return undefined;
  }
  const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  const isPlain = document.definitions.every(
    ({ kind }) => kind === Kind.OPERATION_DEFINITION || kind === Kind.FRAGMENT_DEFINITION,
  );
  const [operation, second] = operations;
  if (operation === undefined || second !== undefined || !isPlain) return undefined;
  if (operation.operation !== "query" && operation.operation !== "mutation") return undefined;
  let leadsOut = false;
  visit(document, {
    Field: ({ name, selectionSet }) => {
      const isDeep = selectionSet?.selections.some((one) => one.kind !== Kind.FIELD || one.selectionSet !== undefined);
      if (leadingOut.test(name.value) && isDeep === true) leadsOut = true;
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
