// Whether a change is the one that was judged: its verb, its object, and where a path cannot say it, its body. Used by check.ts.
import type { Command } from "../../domain/command.ts";
import { type Passed, refused, type Verdict } from "../verdict.ts";
import { anyBody, asksForDryRun, checkedBody, named, scaleTo } from "./bodies.ts";
import { patchOf } from "./patches.ts";
import { keyOf, type ObjectKey } from "./release-objects.ts";
import { isStoredRelease, storedNameOf } from "./releases.ts";
import type { Rule } from "./rules.ts";
import { kindOf, nameOf, openedBy, type Wanted } from "./scope.ts";

export interface Change {
  readonly command: Command;
  readonly rule: Rule;
  readonly wanted: Wanted;
  /** What the command's own release consists of, as far as it was read. */
  readonly released: ReadonlySet<ObjectKey>;
  readonly pass: (body: Passed["body"]) => Passed;
}

export function judgeChange(change: Change): Verdict {
  const { command, rule, wanted, pass } = change;
  const { operation, path, query } = wanted;
  if (isReview(rule, wanted)) return pass(anyBody);
  if (command.effect === "read") return refused(`this command reads; ${operation} of ${nameOf(path)} is a change`);
  // A deletion may say it in its body.
  if (command.dryRun && query.get("dryRun") !== "All" && operation !== "delete")
    return refused("a dry run changes nothing: dryRun=All is missing");
  if (query.has("force") && command.binary !== "helm") return refused("conflicts are not overruled from here");

  if (isStoredRelease(command, wanted)) {
    return pass(operation === "create" ? named(storedNameOf(command)) : bodyFor(command, wanted));
  }
  const body = path.subresource === "" ? changeOfObject(change) : changeOfPart(change);
  return body === undefined ? refused(`${operation} of ${nameOf(path)} was not judged`) : pass(body);
}

/** Questions about the caller itself. */
const isReview = ({ reviews = [] }: Rule, { operation, path }: Wanted): boolean =>
  operation === "create" &&
  reviews.includes(path.resource) &&
  /^auth(?:entication|orization)\.k8s\.io$/.test(path.group) &&
  path.namespace === "";

function changeOfObject({ command, rule, wanted, released }: Change): Passed["body"] {
  const { operation, path } = wanted;
  const references = openedBy(command, path);
  if (rule.changes?.includes(operation) === true) {
    const names = references.flatMap(({ secondary, nameMatch, name }) =>
      secondary || nameMatch !== "exact" ? [] : [name],
    );
    if (operation === "create" && names.length > 0) return named((name) => names.includes(name));
    if (names.includes(path.name)) return bodyFor(command, wanted);
  }
  if (path.namespace === "" || !references.some(({ secondary }) => secondary)) return undefined;
  if (rule.changesRelease === true) {
    const isReleased = (name: string): boolean => released.has(keyOf({ ...path, name }));
    if (operation === "create") return named(isReleased);
    return isReleased(path.name) ? anyBody : undefined;
  }
  const isBeside = rule.patchesBeside?.includes(kindOf(path)) === true && operation === "patch";
  return isBeside ? bodyFor(command, wanted) : undefined;
}

function changeOfPart({ command, rule, wanted }: Change): Passed["body"] {
  const { operation, path } = wanted;
  const fits = path.subresource === rule.subresource?.name && rule.subresource.operations.includes(operation);
  const isNamed = openedBy(command, path).some(({ secondary, name }) => !secondary && name === path.name);
  return fits && isNamed ? bodyFor(command, wanted) : undefined;
}

/** A patch is what the verb is about; a dry run's deletion says so in its body. */
function bodyFor(command: Command, { operation, path, query }: Wanted): Passed["body"] {
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
