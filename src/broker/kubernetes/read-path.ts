// A path of the Kubernetes API → what it names. Pure; used by check.ts. What is not plainly canonical is nothing: no escapes, no
// empty or dotted segments, no trailing slash.

export interface ObjectPath {
  readonly kind: "object";
  /** "" is the core group. */
  readonly group: string;
  readonly resource: string;
  /** "" for what lies in no namespace, or in all. */
  readonly namespace: string;
  /** "" for the collection. */
  readonly name: string;
  readonly subresource: string;
}

export type ApiPath = ObjectPath | { readonly kind: "discovery" };

const segment = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;
const version = /^v[1-9][0-9]*(?:(?:alpha|beta)[1-9][0-9]*)?$/;
/** Old prefixes under which the API server serves everything once more. */
const prefixes = new Set(["watch", "proxy", "redirect"]);

export function readApiPath(path: string): ApiPath | undefined {
  const [empty, root, ...rest] = path.split("/");
  if (empty !== "" || root === undefined || ![root, ...rest].every((part) => segment.test(part))) return undefined;
  switch (root) {
    case "version":
      return rest.length === 0 ? { kind: "discovery" } : undefined;
    case "openapi":
      return /^v[23]$/.test(rest[0] ?? "") ? { kind: "discovery" } : undefined;
    case "api": {
      const [v, ...more] = rest;
      if (v === undefined) return { kind: "discovery" };
      return version.test(v) ? objectAt("", more) : undefined;
    }
    case "apis": {
      const [group, v, ...more] = rest;
      if (group === undefined || v === undefined) return { kind: "discovery" };
      return version.test(v) ? objectAt(group, more) : undefined;
    }
    default:
      return undefined;
  }
}

/** Behind group and version: RESOURCE[/NAME[/SUBRESOURCE]], perhaps below namespaces/NAME. */
function objectAt(group: string, parts: readonly string[]): ApiPath | undefined {
  if (parts.length === 0) return { kind: "discovery" };
  const inside = parts[0] === "namespaces" && parts.length > 2;
  const [resource = "", name = "", subresource = "", ...more] = inside ? parts.slice(2) : parts;
  if (more.length > 0 || prefixes.has(resource)) return undefined;
  return { kind: "object", group, resource, namespace: inside ? (parts[1] ?? "") : "", name, subresource };
}
