// `apply -f -`: the objects stand in the caller's standard input, and are read before anything is judged.
import { readManifest } from "../manifests/read-manifest.ts";
import { accept, refuse, shorten, type Result, type Token } from "../refusal.ts";
import { nothing, type OperandContext, type OperandFacts } from "./facts.ts";

/** The manifest's facts, and its text rendered anew: kubectl gets what was judged, never the caller's own text. */
export function manifest(tokens: readonly Token[], context: OperandContext): Result<OperandFacts> {
  const [extra] = tokens;
  if (extra !== undefined) return refuse("The objects stand in standard input; no words follow.", extra, "-f -");
  if (context.stdin === undefined)
    return refuse("The manifest is missing: it comes as the caller's standard input.", context.verb, "-f - with stdin");
  const read = readManifest(context.stdin, context);
  if ("manifests" in read) {
    const { manifests, resources, replicas, text } = read;
    return accept({ ...nothing, resources, manifests, stdin: text, ...(replicas === undefined ? {} : { replicas }) });
  }
  const { problem, token, try: hint } = read;
  const refusal = {
    message: `The manifest ${shorten(problem)}.`,
    ...(token === undefined ? {} : { token: shorten(token) }),
    ...(hint === undefined ? {} : { try: shorten(hint) }),
  };
  return { ok: false, refusal };
}
