// The text tools against their models; see text-tools.ts.
import { spawnSync } from "node:child_process";
import { describe, expect, it, onTestFinished } from "vitest";
import { compareWithModel } from "./differential.ts";
import { openMarkerFolder } from "./folder.ts";
import { textTool } from "./text-tools.ts";

const shares: Readonly<Record<string, number>> = {
  grep: 80,
  sed: 60,
  sort: 80,
  jq: 60,
  yq: 60,
  gawk: 30,
  head: 20,
  tail: 20,
  uniq: 20,
  wc: 20,
  cut: 40,
  tr: 20,
  nl: 20,
  tac: 10,
  rev: 5,
  column: 20,
  paste: 10,
  date: 20,
  base64: 10,
  cat: 10,
};
for (const [name, share] of Object.entries(shares)) compareWithModel(textTool(name, share));

describe("the folder of marked files", () => {
  it("tells what was read, written, made and deleted", () => {
    const folder = openMarkerFolder();
    onTestFinished(folder.close);
    folder.lay(["read", "-fbefore", "--output=written", "gone", "left"]);
    spawnSync("sh", ["-c", "cat read before > written; echo x > made; rm gone"], { cwd: folder.path });
    expect(folder.touched().toSorted()).toEqual(["before", "gone", "made", "read", "written"]);
  });
});
