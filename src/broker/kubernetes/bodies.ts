// What the body of a change must say for it to be the change that was judged: names that a path cannot show, dry runs that stand in
// a body. Used by check.ts. Bodies are JSON; nothing else is understood but for reviews, which change nothing.
import type { IncomingMessage } from "node:http";
import { readWhole } from "../read-body.ts";
import { type Body, type Refused, refused } from "../verdict.ts";

/** A release is one Secret, and etcd takes no more than that. */
export const maxBodyBytes = 2 * 1024 * 1024;

type Fields = Readonly<Record<string, unknown>>;
export type LookAt = (body: Fields) => string | undefined;

export const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};

/** Reads it whole; `look` answers what is wrong with it. */
export const jsonBody =
  (look: LookAt) =>
  async (request: IncomingMessage): Promise<Body | Refused> => {
    const body = await readWhole(request, maxBodyBytes);
    if (!body.ok || !("whole" in body)) return body;
    let parsed: unknown;
    try {
      parsed = body.whole.length === 0 ? {} : JSON.parse(body.whole.toString("utf8"));
    } catch {
      return refused("the body of this change is no JSON");
    }
    const problem = look(fieldsOf(parsed));
    if (problem !== undefined) return refused(problem);
    // Written anew: two values under one key are read by everybody as the last one.
    return { ok: true, whole: Buffer.from(body.whole.length === 0 ? "" : JSON.stringify(parsed)) };
  };

export const anyBody = (request: IncomingMessage): Promise<Body | Refused> => readWhole(request, maxBodyBytes);

/** A creation: its name is one that the command names. */
export const named =
  (isNamed: (name: string) => boolean): LookAt =>
  (body) => {
    const { name, generateName } = fieldsOf(body["metadata"]);
    if (generateName !== undefined) return "an object without a name of its own may not be created";
    return typeof name === "string" && isNamed(name) ? undefined : "an object of this name was not judged";
  };

/** `dryRun: ["All"]`, as delete options say it. */
export const asksForDryRun = (body: Fields): boolean => {
  const { dryRun } = body;
  return Array.isArray(dryRun) && dryRun.length === 1 && dryRun[0] === "All";
};
