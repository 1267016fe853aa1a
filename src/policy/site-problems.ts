// zod's issues → one line each for a person: path, what is wrong, and for an unknown key the nearest one that exists.
// Called by site-layers.ts; pure.
import { closestMatch } from "leven";
import * as z from "zod";

/** One line per problem, in the order of the keys. `schema` is the one that was parsed with. */
export function describeProblems(error: z.ZodError, schema: z.core.$ZodType): readonly string[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== "unrecognized_keys") return [`${at(issue.path)}${issue.message}`];
    const known = knownKeys(schema, issue.path);
    return issue.keys.map((key) => {
      const near = closestMatch(key, [...known], { maxDistance: 6 });
      return `${at(issue.path)}unknown key "${key}"; ${near === undefined ? `known: ${known.join(", ")}` : `did you mean ${near}?`}`;
    });
  });
}

function at(path: readonly PropertyKey[]): string {
  return path.length === 0 ? "" : `${path.map(String).join(".")}: `;
}

/** The keys of the object that lies at `path` in a schema; none when it is no object. */
function knownKeys(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  if (schema instanceof z.ZodOptional) return knownKeys(schema.unwrap(), path);
  const [first, ...rest] = path;
  if (schema instanceof z.ZodObject) {
    if (first === undefined) return Object.keys(schema.shape);
    const member: z.core.$ZodType | undefined = schema.shape[String(first)];
    return member === undefined ? [] : knownKeys(member, rest);
  }
  return schema instanceof z.ZodArray && first !== undefined ? knownKeys(schema.element, rest) : [];
}
