// GitHub's public GraphQL schema, and questions run over it: a query that GitHub would refuse is refused, and an answer holds
// only what the schema has, in its types. Called by the stand-in's server; knows no data.
import { schema as published } from "@octokit/graphql-schema";
import {
  buildSchema,
  execute,
  getNullableType,
  getOperationAST,
  type GraphQLFieldResolver,
  GraphQLError,
  type GraphQLOutputType,
  type GraphQLTypeResolver,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  OperationTypeNode,
  OverlappingFieldsCanBeMergedRule,
  parse,
  specifiedRules,
  validate,
} from "graphql";
import * as z from "zod";

export type Value = string | number | boolean | null | undefined | Fields | readonly Value[];
/** An object by field; a function takes the field's arguments. What is left out is null, or the emptiest value of its type. */
export interface Fields {
  readonly [name: string]: Value | ((parameters: Readonly<Record<string, unknown>>) => Value);
}

// GitHub deprecates fields that their interfaces keep, which its own server takes.
const schema = buildSchema(published.idl, { assumeValid: true, assumeValidSDL: true });
// GitHub lets an Issue's `state` stand beside a PullRequest's, another type; gh asks for both at once.
const rules = specifiedRules.filter((rule) => rule !== OverlappingFieldsCanBeMergedRule);

const questionSchema = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()).nullish() });

export interface Roots {
  readonly query: Fields;
  readonly mutation: Fields;
}

/** GitHub's answer to the body of a request. */
export function answerGraphQl(body: string, roots: Roots): object {
  const { query, variables } = questionSchema.parse(JSON.parse(body));
  const document = parse(query);
  const refused = validate(schema, document, rules);
  if (refused.length > 0) return { errors: refused.map((error) => error.toJSON()) };
  const variableValues = variables ?? {};
  const rootValue = getOperationAST(document)?.operation === OperationTypeNode.MUTATION ? roots.mutation : roots.query;
  const answer = execute({ schema, document, rootValue, variableValues, fieldResolver, typeResolver });
  if (answer instanceof Promise) throw new Error("the stand-in has no answer that takes time");
  const errors = answer.errors?.map((error) => ({ ...error.toJSON(), type: error.extensions["type"] }));
  return { data: answer.data, ...(errors === undefined ? {} : { errors }) };
}

/** As GitHub words it when an object is not there, or not for this token. */
export function notFound(what: string): never {
  throw new GraphQLError(`Could not resolve to a ${what}.`, { extensions: { type: "NOT_FOUND" } });
}

const fieldResolver: GraphQLFieldResolver<Fields, unknown> = (source, parameters, _context, info) => {
  const known = info.parentType.getFields();
  const stray = Object.keys(source).find((name) => name !== "__typename" && known[name] === undefined);
  if (stray !== undefined) throw new Error(`${info.parentType.name} has no field ${stray} at GitHub`);
  const given = source[info.fieldName];
  const value = typeof given === "function" ? given(parameters) : given;
  return value === undefined && isNonNullType(info.returnType) ? emptiest(info.returnType) : value;
};

const typeResolver: GraphQLTypeResolver<Fields, unknown> = ({ __typename: name }) => {
  if (typeof name !== "string") throw new Error("the stand-in does not say which type this is");
  return name;
};

function emptiest(type: GraphQLOutputType): Value {
  const bare = getNullableType(type);
  if (isListType(bare)) return [];
  if (isObjectType(bare)) return {};
  if (isScalarType(bare)) return scalars.get(bare.name) ?? "";
  if (isEnumType(bare)) return bare.getValues()[0]?.name;
  throw new Error(`the stand-in has no ${bare.name}`);
}

const scalars: ReadonlyMap<string, Value> = new Map<string, Value>([
  ["Int", 0],
  ["Float", 0],
  ["Boolean", false],
  ["DateTime", "2026-01-31T12:00:00Z"],
  ["URI", "https://github.com/o/r"],
]);
