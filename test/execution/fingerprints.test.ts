// Whose values show that they are equal: those that a command brings from outside, and nothing that a caller may have made.
import { describe, expect, it } from "vitest";
import { createFingerprint } from "../../src/redaction/fingerprint.ts";
import { type Stage, testExecution, toRequest, toStep } from "./setup.ts";

const secret = JSON.stringify({ kind: "Secret", stringData: { a: "hunter2", b: "hunter2", c: "other" } });
const print = (more: Partial<Stage>): Stage => ({
  program: "print",
  parameters: [JSON.stringify(secret), JSON.stringify(secret), "0"],
  ...more,
});
const template = { language: "jsonpath", identifiers: [] };
const fingerprint = createFingerprint(Buffer.alloc(32, 1));
const run = (...stages: readonly Stage[]) => testExecution({ fingerprint }).run(toRequest(toStep(stages)));
const marks = (text: string) => [...text.matchAll(/\[redacted:secret_data(:[0-9a-f]{8})?\]/g)].map(([, mark]) => mark);

describe("a fingerprint", () => {
  it("stands where a command printed what it was told outside, and goes through the next stages", async () => {
    const { stdout } = await run(print({ egress: true, binary: "kubectl" }), { program: "copy", stdin: "stage" });
    const [a, b, c] = marks(stdout);
    expect(a).toMatch(/^:[0-9a-f]{8}$/);
    expect(b).toBe(a);
    expect(c).not.toBe(a);
  });

  it("stands in no output of a program that transforms text, repeats a request or a manifest, or fills a template: a caller could try values", async () => {
    for (const stage of [
      print({}),
      print({ egress: true }),
      print({ egress: true, binary: "kubectl", programs: [template] }),
      print({ egress: true, binary: "kubectl", stdin: "caller" }),
    ]) {
      const { stdout } = await run(stage);
      expect(marks(stdout)).toEqual([undefined, undefined, undefined]);
    }
  });

  it("stands in no error text, which repeats what a caller wrote", async () => {
    const { stderr } = await run(print({ egress: true, binary: "kubectl" }));
    expect(marks(stderr)).toEqual([undefined, undefined, undefined]);
  });
});
