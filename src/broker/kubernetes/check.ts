// The second wall before the API server: does this request belong to the command that was judged? It reads the Command alone, not
// policy and not the grammar, and refuses what it cannot place. Used by checks.ts for kubectl, helm and flux.
import type { OutgoingHttpHeaders } from "node:http";
import type { Command } from "../../domain/command.ts";
import { clusterHost, type Upstream } from "../../domain/upstream.ts";
import { type Asked, type Passed, refused, type Verdict } from "../verdict.ts";
import { anyBody, asksForDryRun, checkedBody, maxBodyBytes, named, scaleTo } from "./bodies.ts";
import { operationOf } from "./operation.ts";
import { patchOf } from "./patches.ts";
import { type ObjectPath, readApiPath } from "./read-path.ts";
import { readQuery, writeQuery } from "./read-query.ts";
import { isStoredRelease, storedNameOf } from "./releases.ts";
import { type Rule, rules } from "./rules.ts";
import { isLeaseOfNode, kindOf, openedBy, readsNamed, type Wanted } from "./scope.ts";

/** No header that acts: no impersonation, no other method, no login of the child's. */
const passedHeaders = ["accept", "accept-encoding", "content-type", "user-agent"] as const;
/** What lists of a big cluster weigh; execution cuts what is printed. */
const maxResponseBytes = 256 * 1024 * 1024;
const noRule: Rule = {};

export function checkKubernetes(command: Command, upstream: Upstream, asked: Asked): Verdict {
  if (asked.authority !== clusterHost) return refused("this command talks to the Kubernetes API alone");
  const path = readApiPath(asked.path);
  const query = readQuery(asked.query);
  if (path === undefined) return refused("this is no plain path of the Kubernetes API");
  if (query === undefined) return refused("the query holds what no request here needs");
  const pass = (body?: Passed["body"]): Passed => ({
    ok: true,
    upstream,
    target: `${asked.path}${writeQuery(query)}`,
    headers: headersOf(asked),
    ...(body === undefined ? {} : { body }),
    maxRequestBytes: maxBodyBytes,
    maxResponseBytes,
  });
  if (path.kind === "discovery") {
    return asked.method === "GET" ? pass() : refused("what the API offers is only read");
  }
  const operation = operationOf(asked.method, path, query);
  if (operation === undefined) return refused(`${asked.method} of ${nameOf(path)} is nothing that is sent from here`);
  const wanted = { operation, path, query };
  const rule = rules.get([command.binary, ...command.verb].join(" ")) ?? noRule;
  return isRead(wanted) ? read(command, rule, wanted, pass) : change(command, rule, wanted, pass);
}

type Pass = (body?: Passed["body"]) => Passed;

const isRead = ({ operation }: Wanted): boolean => ["get", "list", "watch"].includes(operation);

function read(command: Command, rule: Rule, wanted: Wanted, pass: Pass): Verdict {
  const { operation, path, query } = wanted;
  if (/^(?!false$|0$)/.test(query.get("follow") ?? "false")) return refused("a log is not followed");
  if (operation === "watch" && rule.watches !== true) return refused("this command waits for nothing");
  if (path.subresource !== "") {
    const fits = path.subresource === rule.subresource?.name && rule.subresource.operations.includes(operation);
    return fits && readsSubject(command, rule, { ...wanted, path: { ...path, subresource: "" } })
      ? pass()
      : refused(`${path.subresource} of ${nameOf(path)} was not judged`);
  }
  if (isLeaseOfNode(command, wanted) || isStoredRelease(command, wanted)) return pass();
  return readsSubject(command, rule, wanted) ? pass() : refused(`reading ${nameOf(path)} was not judged`);
}

/** What the model names, and what the verb reads beside it in the same namespace. */
function readsSubject(command: Command, { beside = [] }: Rule, wanted: Wanted): boolean {
  if (readsNamed(openedBy(command, wanted.path), wanted)) return true;
  return (
    beside.includes(kindOf(wanted.path)) &&
    command.resources.some((one) => !one.secondary && one.namespace !== "" && one.namespace === wanted.path.namespace)
  );
}

function change(command: Command, rule: Rule, wanted: Wanted, pass: Pass): Verdict {
  const { operation, path, query } = wanted;
  const kind = kindOf(path);
  const isReview =
    rule.reviews?.includes(path.resource) === true && /^auth(?:entication|orization)\.k8s\.io$/.test(path.group);
  if (isReview && operation === "create" && path.namespace === "") return pass(anyBody);
  if (command.effect === "read") return refused(`this command reads; ${operation} of ${nameOf(path)} is a change`);
  const isDry = query.get("dryRun") === "All";
  // A deletion may say it in its body.
  if (command.dryRun && !isDry && operation !== "delete")
    return refused("a dry run changes nothing: dryRun=All is missing");
  if (query.has("force") && command.binary !== "helm") return refused("conflicts are not overruled from here");

  if (kind === "secrets" && isStoredRelease(command, wanted)) {
    return pass(operation === "create" ? named(storedNameOf(command)) : body(command, wanted));
  }
  const references = openedBy(command, path);
  const exact = references.filter(({ secondary }) => !secondary);
  if (path.subresource !== "") {
    const fits = path.subresource === rule.subresource?.name && rule.subresource.operations.includes(operation);
    return fits && exact.some(({ name }) => name === path.name)
      ? pass(body(command, wanted))
      : refused(`${operation} of ${path.subresource} of ${nameOf(path)} was not judged`);
  }
  if (rule.changes?.includes(operation) === true) {
    const names = exact.filter(({ nameMatch }) => nameMatch === "exact").map(({ name }) => name);
    if (operation === "create" && names.length > 0) return pass(named((name) => names.includes(name)));
    if (names.includes(path.name)) return pass(body(command, wanted));
  }
  const isBeside = references.some(({ secondary }) => secondary) && path.namespace !== "";
  const besides = rule.changesBesides ?? [];
  if (isBeside && (besides.includes("*") || (besides.includes(kind) && operation === "patch"))) {
    return pass(body(command, wanted));
  }
  return refused(`${operation} of ${nameOf(path)} was not judged`);
}

/** A patch is what the verb is about; a dry run's deletion says so in its body. */
function body(command: Command, { operation, path, query }: Wanted): Passed["body"] {
  if (operation === "update" && path.subresource === "scale") return checkedBody(scaleTo(command.replicas));
  if (operation === "patch") {
    const look = patchOf(command);
    return look === undefined ? anyBody : checkedBody(look);
  }
  if (operation !== "delete" || !command.dryRun || query.get("dryRun") === "All") return anyBody;
  return checkedBody((fields) =>
    asksForDryRun(fields) ? undefined : "a dry run changes nothing: dryRun is missing in the body",
  );
}

function headersOf({ headers }: Asked): OutgoingHttpHeaders {
  return Object.fromEntries(
    passedHeaders.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
  );
}

/** For the message: `pods/web-1 in default`. */
function nameOf({ namespace, name, ...kind }: ObjectPath): string {
  return `${kindOf(kind)}${name === "" ? "" : `/${name}`}${namespace === "" ? "" : ` in ${namespace}`}`;
}
