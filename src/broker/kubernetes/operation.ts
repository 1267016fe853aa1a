// Method, path and query → the API's own verb, as the API server's authorizer would name it. Pure; used by check.ts.
import type { ObjectPath } from "./read-path.ts";
import type { Query } from "./read-query.ts";

export type Operation = "get" | "list" | "watch" | "create" | "update" | "patch" | "delete";

/** Undefined for everything else: OPTIONS, a collection that is deleted, a creation below a name. */
export function operationOf(
  method: string,
  { name, subresource }: Pick<ObjectPath, "name" | "subresource">,
  query: Query,
): Operation | undefined {
  const isNamed = name !== "";
  switch (method) {
    case "GET": {
      const watch = query.get("watch");
      if (watch === undefined || /^(?:false|0)$/.test(watch)) return isNamed ? "get" : "list";
      // A watch by name is one with a field selector; under the name itself it would be the old prefix's.
      return /^(?:true|1)$/.test(watch) && !isNamed ? "watch" : undefined;
    }
    case "POST":
      return isNamed || subresource !== "" ? undefined : "create";
    case "PUT":
      return isNamed ? "update" : undefined;
    case "PATCH":
      return isNamed ? "patch" : undefined;
    case "DELETE":
      return isNamed && subresource === "" ? "delete" : undefined;
    default:
      return undefined;
  }
}
