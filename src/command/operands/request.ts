// Operands of curl: exactly one URL, which with the flags comes to one request. Called by operands.ts.
import type { Effect } from "../../domain/command.ts";
import { accept, refuse, type Result, type Token } from "../refusal.ts";
import { readUrl } from "../urls/read-url.ts";
import { nothing, type OperandContext, type OperandFacts } from "./facts.ts";

/** What a request does to the server, by its method (RFC 9110 section 9.2.1: GET and HEAD are safe). */
const effects: ReadonlyMap<string, Effect> = new Map([
  ["GET", "read"],
  ["HEAD", "read"],
  ["POST", "write"],
  ["PUT", "write"],
  ["DELETE", "destructive"],
]);

/** One URL and the method that the flags make of it, or `--version` alone. */
export function request(tokens: readonly Token[], context: OperandContext): Result<OperandFacts> {
  const { verb, flags, places } = context;
  const [url, second] = tokens;
  if (flags.has("--version")) {
    const isAlone = flags.size === 1 && url === undefined;
    return isAlone ? accept({ ...nothing, prints: "--version" }) : refuse("--version stands alone.", verb, "curl -V");
  }
  if (url === undefined) return refuse("A URL is missing.", verb, "curl -sS http://HOST:PORT/PATH");
  if (second !== undefined) return refuse("One URL at a time.", second, "one call per URL");
  for (const [one, other] of exclusive) {
    if (flags.has(one) && flags.has(other))
      return refuse(`\`${one}\` and \`${other}\` exclude each other.`, places.get(other));
  }
  if (flags.has("--data-urlencode") && !flags.has("--get")) {
    return refuse("Without --get the data would be sent as a body.", places.get("--data-urlencode"), "--get");
  }
  // We render --globoff always; a caller who leaves it out asks curl for several URLs.
  if (!flags.has("--globoff") && /[{}[\]]/.test(url.text)) {
    return refuse("Without --globoff, braces and brackets in a URL stand for several URLs.", url, "-g");
  }
  const read = readUrl(url);
  if (!read.ok) return read;
  const method = flags.get("--request")?.[0] ?? (flags.has("--head") ? "HEAD" : "GET");
  const effect = effects.get(method);
  if (effect === undefined) throw new Error(`the grammar lets the method ${method} through`);
  return accept({ ...nothing, operands: [read.value.href], urls: [{ method, ...read.value.place }], effect });
}

const exclusive = [
  ["--head", "--request"],
  ["--fail", "--fail-with-body"],
] as const;
