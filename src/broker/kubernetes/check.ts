// The second wall before the API server: does this request belong to the command that was judged? It reads the Command alone, not
// policy and not the grammar, and refuses what it cannot place. Made once per command by checks.ts, for kubectl, helm and flux.
import type { OutgoingHttpHeaders } from "node:http";
import type { Command } from "../../domain/command.ts";
import { clusterHost, type Upstream } from "../../domain/upstream.ts";
import { type Asked, type Passed, type Refused, refused, type Verdict } from "../verdict.ts";
import { maxBodyBytes } from "./bodies.ts";
import { judgeChange } from "./changes.ts";
import { operationOf } from "./operation.ts";
import { type ApiPath, readApiPath } from "./read-path.ts";
import { type Query, queryFits, readQuery, writeQuery } from "./read-query.ts";
import { type ObjectKey, objectsIn } from "./release-objects.ts";
import { isStoredRelease } from "./releases.ts";
import { type Rule, rules } from "./rules.ts";
import { isForeseen, isLeaseOfNode, kindOf, nameOf, openedBy, readsNamed, type Wanted } from "./scope.ts";

/** No header that acts: no impersonation, no other method, no login of the child's. */
const passedHeaders = ["accept", "accept-encoding", "content-type", "user-agent"] as const;
/** What lists of a big cluster weigh; execution cuts what is printed. */
const maxResponseBytes = 256 * 1024 * 1024;
/** Ten revisions, and more than that. */
const maxReleasesBytes = 32 * 1024 * 1024;

export function createKubernetesCheck(command: Command, upstream: () => Upstream): (asked: Asked) => Verdict {
  const rule = rules.get([command.binary, ...command.verb].join(" ")) ?? {};
  const released = new Set<ObjectKey>();
  const learn = (answer: string): void => {
    for (const key of objectsIn(answer)) released.add(key);
  };

  return (asked) => {
    const plain = readPlain(asked);
    if (!plain.ok) return plain;
    const { path, query } = plain;
    const passed: Passed = {
      ok: true,
      upstream: upstream(),
      target: `${asked.path}${writeQuery(query)}`,
      headers: headersOf(asked),
      maxRequestBytes: maxBodyBytes,
      maxResponseBytes,
    };
    if (path.kind === "discovery") {
      const isRead = asked.method === "GET" && queryFits(query, "discovery");
      return isRead ? passed : refused("what the API offers is only read");
    }
    const operation = operationOf(asked.method, path, query);
    if (operation === undefined) return refused(`${asked.method} of ${nameOf(path)} is nothing that is sent from here`);
    const wanted = { operation, path, query };
    if (!queryFits(query, kindOfQuery(wanted))) return refused("the query holds what no request here needs");
    if (!isRead(wanted)) {
      return judgeChange({ command, rule, wanted, released, pass: (body) => ({ ...passed, ...(body && { body }) }) });
    }
    const problem = problemOfRead(command, rule, wanted);
    if (problem !== undefined)
      return { ...refused(problem), ...(isForeseen(command, wanted) ? { foreseen: true } : {}) };
    const learns = rule.changesRelease === true && isStoredRelease(command, wanted);
    // As JSON, and not packed: the broker reads along.
    const headers = { accept: "application/json", "user-agent": asked.headers["user-agent"] };
    return learns ? { ...passed, headers, hears: learn, maxResponseBytes: maxReleasesBytes } : passed;
  };
}

function readPlain({ authority, path: text, query: tail }: Asked): { ok: true; path: ApiPath; query: Query } | Refused {
  if (authority !== clusterHost) return refused("this command talks to the Kubernetes API alone");
  const path = readApiPath(text);
  const query = readQuery(tail);
  if (path === undefined) return refused("this is no plain path of the Kubernetes API");
  if (query === undefined) return refused("the query says a thing twice");
  return { ok: true, path, query };
}

const kindOfQuery = (wanted: Wanted) =>
  isRead(wanted) ? (wanted.path.subresource === "log" ? "log" : "read") : "change";

const isRead = ({ operation }: Wanted): boolean => ["get", "list", "watch"].includes(operation);

function problemOfRead(command: Command, rule: Rule, wanted: Wanted): string | undefined {
  const { operation, path, query } = wanted;
  if (!["false", "0"].includes(query.get("follow") ?? "false")) return "a log is not followed";
  if (operation === "watch" && rule.watches !== true) return "this command waits for nothing";
  if (path.subresource !== "") {
    const fits = path.subresource === rule.subresource?.name && rule.subresource.operations.includes(operation);
    return fits && readsSubject(command, rule, { ...wanted, path: { ...path, subresource: "" } })
      ? undefined
      : `${path.subresource} of ${nameOf(path)} was not judged`;
  }
  if (isLeaseOfNode(command, wanted) || isStoredRelease(command, wanted)) return undefined;
  return readsSubject(command, rule, wanted) ? undefined : `reading ${nameOf(path)} was not judged`;
}

/** What the model names, and what the verb reads beside it in the same namespace. */
function readsSubject(command: Command, { beside = [] }: Rule, wanted: Wanted): boolean {
  if (readsNamed(openedBy(command, wanted.path), wanted)) return true;
  return (
    beside.includes(kindOf(wanted.path)) &&
    command.resources.some((one) => !one.secondary && one.namespace !== "" && one.namespace === wanted.path.namespace)
  );
}

function headersOf({ headers }: Asked): OutgoingHttpHeaders {
  return Object.fromEntries(
    passedHeaders.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
  );
}
