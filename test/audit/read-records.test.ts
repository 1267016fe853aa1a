// Reading audit files back: as a stream, byte for byte, line by line, whatever stands between the records.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readLines, splitLines } from "../../src/audit/read-lines.ts";
import { readRecords } from "../../src/audit/read-records.ts";
import { decision, openLog, temporaryFolder } from "./events.ts";

async function all<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

async function* inChunks(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

describe("lines", () => {
  it.each([1, 3, 7, 100])("are the same however the bytes arrive (%i at a time)", async (length) => {
    const bytes = Buffer.from("one\n\ntwo\u2028still two\r\nthree");
    const lines = await all(splitLines(inChunks(bytes, length)));
    expect(lines.map((line) => [line.bytes.toString(), line.ended])).toEqual([
      ["one", true],
      ["", true],
      ["two\u2028still two\r", true],
      ["three", false],
    ]);
  });

  it("of any length take a bounded amount of memory", async () => {
    const [line] = await all(splitLines(inChunks(Buffer.alloc(8 * 1024 * 1024, "x"), 65_536)));
    expect(line?.bytes.length).toBe(256 * 1024);
  });

  it("come from a packed file as from a plain one", async () => {
    using place = temporaryFolder();
    const packed = path.join(place.folder, "audit.jsonl.1.gz");
    writeFileSync(packed, gzipSync("one\ntwo\n"));
    writeFileSync(place.file, "three\n");
    const lines = await all(readLines([packed, place.file]));
    expect(lines.map(({ file, line, bytes }) => [path.basename(file), line, bytes.toString()])).toEqual([
      ["audit.jsonl.1.gz", 1, "one"],
      ["audit.jsonl.1.gz", 2, "two"],
      ["audit.jsonl", 1, "three"],
    ]);
  });
});

describe("records", () => {
  it("are what the log wrote, with their places, and without what is no record", async () => {
    using place = temporaryFolder();
    const { log } = openLog(place.file);
    await log.append({ kind: "start", details: { version: "1" } });
    await log.append(decision());
    await log.append({ kind: "decision", rawArguments: { a: 1 }, effect: "deny", code: "not_understood" });
    await log.close();
    writeFileSync(place.file, `a word of somebody else\n${readFileSync(place.file, "utf8")}`);
    const records = await all(readRecords([place.file]));
    expect(records.map(({ line, record }) => [line, record.seq, record.kind])).toEqual([
      [2, 1, "start"],
      [3, 2, "decision"],
      [4, 3, "decision"],
    ]);
    expect(records[1]?.record).toMatchObject({
      call_id: "call-1",
      principal: { id: "n8n", roles: ["operator"] },
      input: { command: { binary: "kubectl" }, site: {} },
      argvs: [["kubectl", "get", "pods"]],
    });
    expect(records[2]?.record.replayable).toBe(false);
  });

  it("of a file that is not there reject", async () => {
    await expect(all(readRecords(["/nonexistent/audit.jsonl"]))).rejects.toThrow("ENOENT");
  });
});
