// Lines of an answer: few and short, and what was cut says so.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boundLines } from "../../src/execution/bound-lines.ts";
import { shorten } from "../../src/execution/shorten.ts";
import { testExecution, toRequest, toStep } from "./setup.ts";

const whole = (head: string) => ({ head, tail: "", droppedBytes: 0 });
const bounds = { maxOutputLines: 4, maxLineBytes: 100 };

describe("lines", () => {
  it("within the bounds stay as they are", () => {
    const text = "a\nb\nc\nd\n";
    expect(boundLines(whole(text), bounds)).toEqual({ ...whole(text), lineCut: false });
    expect(boundLines(whole("a\nb\nc\nd"), bounds)).toEqual({ ...whole("a\nb\nc\nd"), lineCut: false });
  });

  it("of which there are too many: the first and the last stay", () => {
    const cut = boundLines(whole("1\n2\n3\n4\n5\n6\n"), bounds);
    expect(cut).toEqual({ head: "1\n2\n", tail: "5\n6\n", droppedBytes: 4, lineCut: false });
    expect(shorten(cut, 1000)).toEqual({ text: "1\n2\n\n[... 4 bytes cut ...]\n5\n6\n", truncated: true });
  });

  it("around a gap count together", () => {
    const cut = boundLines({ head: "1\n2\n3\n", tail: "7\n8\n9\n", droppedBytes: 6 }, bounds);
    expect(cut).toEqual({ head: "1\n2\n", tail: "8\n9\n", droppedBytes: 10, lineCut: false });
  });

  it("that are too long are cut where they are", () => {
    const { head, lineCut, droppedBytes } = boundLines(whole(`short\n${"é".repeat(80)}\nend\n`), bounds);
    expect(head).toBe(`short\n${"é".repeat(30)} [... 100 bytes cut ...]\nend\n`);
    expect({ lineCut, droppedBytes }).toEqual({ lineCut: true, droppedBytes: 0 });
  });

  it("are never more or longer than the bounds, whatever is printed", () => {
    const line = fc.string({ maxLength: 90, unit: "binary" }).map((text) => text.toWellFormed().replaceAll("\n", ""));
    const text = fc.array(line, { maxLength: 12 }).map((lines) => lines.join("\n"));
    fc.assert(
      fc.property(text, text, fc.integer({ min: 2, max: 9 }), (head, tail, maxOutputLines) => {
        const cut = boundLines({ head, tail, droppedBytes: 9 }, { maxOutputLines, maxLineBytes: 64 });
        const lines = [cut.head, cut.tail].flatMap((part) => part.split("\n"));
        expect(lines.filter((one) => Buffer.byteLength(one) > 64)).toEqual([]);
        expect(lines.filter((one) => one !== "").length).toBeLessThanOrEqual(maxOutputLines);
        const kept = Buffer.byteLength(cut.head) + Buffer.byteLength(cut.tail);
        const printed = Buffer.byteLength(head) + Buffer.byteLength(tail);
        expect(cut.lineCut || kept + cut.droppedBytes - 9 === printed).toBe(true);
      }),
    );
  });
});

it("a step's answer keeps to the lines that its obligations allow, and says that it was cut", async () => {
  const request = toRequest(toStep([{ program: "print", parameters: [JSON.stringify("1\n2\n3\n4\n5\n6\n")] }]));
  const obligations = { ...request.obligations, maxOutputLines: 2 };
  const { stdout, truncated } = await testExecution().run({ ...request, obligations });
  expect({ stdout, truncated }).toEqual({ stdout: "1\n\n[... 8 bytes cut ...]\n6\n", truncated: true });
});
