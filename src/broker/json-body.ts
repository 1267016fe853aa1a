// Reads a JSON body whole, lets a check look at it, and writes it anew. Used by the checks of the Kubernetes API and of gh.
import type { IncomingMessage } from "node:http";
import { readWhole } from "./read-body.ts";
import { type Body, type Refused, refused } from "./verdict.ts";

export type Fields = Readonly<Record<string, unknown>>;
/** Answers what is wrong with it, if something is. */
export type LookAt = (body: Fields) => string | undefined;

export const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};

export const jsonBody =
  (look: LookAt, maxBytes: number) =>
  async (request: IncomingMessage): Promise<Body | Refused> => {
    const body = await readWhole(request, maxBytes);
    if (!body.ok || !("whole" in body)) return body;
    let parsed: unknown;
    try {
      parsed = body.whole.length === 0 ? {} : JSON.parse(body.whole.toString("utf8"));
    } catch {
      return refused("the body is no JSON");
    }
    if (Array.isArray(parsed)) return refused("the body is a list of changes, and not one object");
    const problem = look(fieldsOf(parsed));
    if (problem !== undefined) return refused(problem);
    // Written anew: of two values under one key everybody now reads the last.
    return { ok: true, whole: Buffer.from(body.whole.length === 0 ? "" : JSON.stringify(parsed)) };
  };
