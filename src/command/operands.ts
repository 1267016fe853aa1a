// Operands of one command, read by the kind its grammar declares: what they come to in resources, programs and flags.
import type { OperandKind } from "./grammar/types.ts";
import { assignments, node } from "./operands/changes.ts";
import { fluxReport } from "./operands/flux-reports.ts";
import { fluxObjects, fluxTrace } from "./operands/flux.ts";
import { nothing, type OperandContext, type OperandFacts } from "./operands/facts.ts";
import { manifest } from "./operands/manifest.ts";
import { number, repository } from "./operands/gh.ts";
import { file, names, paths, revisions } from "./operands/git.ts";
import { remote } from "./operands/git-remote.ts";
import { logs, resources } from "./operands/objects.ts";
import { canI, events, explain, top } from "./operands/questions.ts";
import { program } from "./operands/program.ts";
import { release, releases } from "./operands/releases.ts";
import { request } from "./operands/request.ts";
import { characterSets, dateFormat, patternThenStandardInput, standardInputOnly } from "./operands/standard-input.ts";
import { accept, refuse, type Result, type Token } from "./refusal.ts";

/** Reads the operands of one verb; `context` holds what they depend on. */
export function readOperands(
  kind: OperandKind,
  tokens: readonly Token[],
  context: OperandContext,
): Result<OperandFacts> {
  switch (kind.kind) {
    case "none":
      return tokens[0] === undefined ? accept(nothing) : refuse("This takes no operands.", tokens[0]);
    case "standard-input":
      return standardInputOnly(tokens, kind.times);
    case "pattern-or-standard-input":
      return patternThenStandardInput(tokens, kind.flag, context);
    case "character-sets":
      return characterSets(tokens, context);
    case "request":
      return request(tokens, context);
    case "program":
      return program(kind, tokens, context);
    case "date-format":
      return dateFormat(tokens);
    case "resources":
      return resources(kind, tokens, context);
    case "assignments":
      return assignments(kind, tokens, context);
    case "manifest":
      return manifest(tokens, context);
    case "node":
      return node(tokens, context);
    case "logs":
      return logs(tokens, context);
    case "top":
      return top(tokens, context);
    case "events":
      return events(tokens, context);
    case "explain":
      return explain(tokens, context);
    case "can-i":
      return canI(tokens, context);
    case "releases":
      return releases(tokens, context);
    case "release":
      return release(kind, tokens, context);
    case "flux-objects":
      return fluxObjects(kind, tokens, context);
    case "flux-trace":
      return fluxTrace(tokens, context);
    case "flux-report":
      return fluxReport(kind, tokens, context);
    case "git-revisions":
      return revisions(kind, tokens, context);
    case "git-paths":
      return paths(kind, tokens, context);
    case "git-file":
      return file(tokens, context);
    case "git-names":
      return names(tokens, context);
    case "git-remote":
      return remote(kind, tokens, context);
    case "gh-number":
      return number(tokens, context);
    case "gh-repository":
      return repository(tokens, context);
  }
}
