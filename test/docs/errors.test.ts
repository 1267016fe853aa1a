// docs/errors.md is src/errors.ts in words: the same codes, in the same order, with the same facts.
import { describe, expect, it } from "vitest";
import { httpErrors, outcomeCodes, startErrors } from "../../src/errors.ts";
import { tableOf } from "./markdown.ts";

const page = "docs/errors.md";

describe("the table of errors", () => {
  it("lists every outcome code with its outcome, whether to try again, and its meaning", () => {
    const expected = Object.entries(outcomeCodes).map(([code, { outcome, retryable, meaning }]) => [
      `\`${code}\``,
      `\`${outcome}\``,
      retryable ? "yes" : "no",
      meaning,
    ]);
    expect(tableOf(page, ["code", "outcome", "again?", "meaning"])).toEqual(expected);
  });

  it("lists every answer of the transports with its status, its JSON-RPC number and its message", () => {
    const expected = Object.entries(httpErrors).map(([code, { status, rpc, message }]) => [
      `\`${code}\``,
      String(status),
      rpc === null ? "–" : String(rpc),
      message,
    ]);
    expect(tableOf(page, ["code", "status", "JSON-RPC", "message"])).toEqual(expected);
  });

  it("lists every error at start with its meaning", () => {
    const expected = Object.entries(startErrors).map(([code, meaning]) => [`\`${code}\``, meaning]);
    expect(tableOf(page, ["code", "meaning"])).toEqual(expected);
  });
});
