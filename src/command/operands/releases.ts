// Operands of helm: releases by name. A release is no object of the API: helm keeps it in Secrets of the namespace, which
// the model names as read besides; so are the objects that the release consists of, whatever they are.
import type { ResourceReference } from "../../domain/command.ts";
import type { OperandKind } from "../grammar/types.ts";
import { accept, refuse, type Result, type Token } from "../refusal.ts";
import { isObjectName } from "../values.ts";
import { nothing, type OperandContext, type OperandFacts } from "./facts.ts";

/** Longest name that helm gives a release, characters. */
const maxReleaseLength = 53;

/** helm list: every release of a namespace. */
export function releases(tokens: readonly Token[], context: OperandContext): Result<OperandFacts> {
  const [extra] = tokens;
  if (extra !== undefined) return refuse("`helm list` takes no operands.", extra, "--filter=^NAME$");
  return accept({ ...nothing, resources: [named("", context), storage(context)] });
}

/** RELEASE, or RELEASE REVISION for what changes it: without a revision helm would take the one before. */
export function release(
  { shows, changes }: Extract<OperandKind, { kind: "release" }>,
  tokens: readonly Token[],
  context: OperandContext,
): Result<OperandFacts> {
  const [name, revision, extra] = tokens;
  const usage = changes === true ? "RELEASE REVISION" : "RELEASE";
  if (name === undefined) return refuse("A release is missing.", context.verb, usage);
  if (!isObjectName(name.text) || name.text.length > maxReleaseLength)
    return refuse("This is no release's name: lower-case letters, digits, `-` and `.`.", name);
  if (changes !== true && revision !== undefined) return refuse("Name one release.", revision, usage);
  if (changes === true && revision === undefined)
    return refuse("Say to which revision; `helm history` lists them.", name, usage);
  if (revision !== undefined && !/^[1-9][0-9]{0,5}$/.test(revision.text))
    return refuse("A revision is a number from 1; `helm history` lists them.", revision, usage);
  if (extra !== undefined) return refuse("Name one release and one revision.", extra, usage);
  const parts = shows === "objects" ? [storage(context), objects(context)] : [storage(context)];
  const operands = revision === undefined ? [name.text] : [name.text, revision.text];
  return accept({ ...nothing, operands, resources: [named(name.text, context), ...parts] });
}

const named = (name: string, { namespace }: OperandContext): ResourceReference => ({
  group: "helm.sh",
  resource: "releases",
  name,
  namespace,
  nameMatch: name === "" ? "any" : "exact",
  secondary: false,
});

/** Secrets of type helm.sh/release.v1, one per revision. */
const storage = (context: OperandContext): ResourceReference => ({
  ...named("", context),
  group: "",
  resource: "secrets",
  secondary: true,
});

/** Whatever the chart made. */
const objects = (context: OperandContext): ResourceReference => ({
  ...named("", context),
  group: "*",
  resource: "*",
  secondary: true,
});
