// Secrets behind the marks of a diff, a graph, a merge or blame: what the real git prints of files that hold them.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toCleanText } from "../../src/execution/stage-text.ts";
import { redact } from "../../src/redaction/redact.ts";
import { gitEnvironment } from "../helpers/git-identity.ts";

const folder = mkdtempSync(path.join(tmpdir(), "ai-sre-diffs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Every secret holds one of these marks, as it is or in base64. */
const canary = /correcthorse|staple|Y29ycmVjdGhvcnNl|c3RhcGxl/;
const encode = (value: string): string => Buffer.from(value).toString("base64");

/** One version of each file; `word` is a part of every secret. */
const files = (word: string): Readonly<Record<string, string>> => ({
  "secret.yaml": `apiVersion: v1
kind: Secret
metadata:
  name: db
  namespace: shop
data:
  alpha: ${encode("correcthorse-a")}
  beta: ${encode("correcthorse-b")}
  delta: ${encode("correcthorse-d")}
  gamma: ${encode("correcthorse-c")}
  omega: ${encode(`correcthorse-${word}`)}
  zeta: ${encode("correcthorse-z")}
`,
  "plain.yaml": `apiVersion: v1
kind: Secret
metadata:
  name: plain
stringData:
  alpha: correcthorse-a
  beta: correcthorse-b
  delta: correcthorse-d
  gamma: correcthorse-c
  omega: correcthorse-${word}
  text: |
    correcthorse one
    staple ${word}
`,
  "deploy.yaml": `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
      - name: web
        image: registry.example/web:${word}
        env:
        - name: DB_PASSWORD
          value: correcthorse-${word}
        - name: API_TOKEN
          value: staple
`,
  "config.yaml": `apiVersion: v1
kind: ConfigMap
metadata:
  name: web
data:
  LOG_LEVEL: debug-${word}
  DB_PASSWORD: correcthorse
  SMTP_PASSWORD: correcthorse${word}
  OTHER_PASSWORD: |
    correcthorse
    staple ${word}
`,
  ".env": `LOG_LEVEL=debug\nexport DB_PASSWORD=correcthorse-${word}\nAPI_TOKEN="staple ${word}"\n`,
});

function git(...words: readonly string[]): string {
  const env = gitEnvironment(folder);
  return execFileSync("git", words, { cwd: folder, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
const write = (word: string): void => {
  for (const [name, text] of Object.entries(files(word))) writeFileSync(path.join(folder, name), text);
};
function commit(word: string): void {
  write(word);
  git("add", ".");
  git("commit", "--quiet", "-m", `release ${word}`);
}

beforeAll(() => {
  git("init", "--quiet", "--initial-branch=main");
  commit("one");
  commit("two");
  git("checkout", "--quiet", "-b", "side", "HEAD~1");
  commit("side");
  git("checkout", "--quiet", "main");
  git("merge", "--quiet", "--no-commit", "-s", "ours", "side");
  commit("both");
  git("tag", "merged");
  git("rm", "--quiet", "-r", ".");
  git("commit", "--quiet", "-m", "remove all");
});

const lines: readonly string[] = [
  "show HEAD",
  "show HEAD -U0",
  "show merged",
  "show merged -m",
  "show merged~1",
  "show merged~1 -U1",
  "show merged~2",
  "diff merged~2 merged",
  "diff -U0 merged~2 merged -- secret.yaml plain.yaml deploy.yaml .env",
  "diff -R -U30 merged~1 merged",
  "diff --word-diff merged~2 merged -- secret.yaml plain.yaml deploy.yaml",
  "blame -L 8,10 merged -- secret.yaml",
  "blame -p -L 8,10 merged -- secret.yaml",
  "log -p",
  "log -p --cc",
  "log -p -c",
  "log --graph -p",
  "log --graph -p --cc -m",
  "log -p --reverse --oneline",
  ...Object.keys(files("")).flatMap((name) => [
    `blame merged -- ${name}`,
    `blame -f -n -e merged -- ${name}`,
    `blame -s -l merged -- ${name}`,
    `blame -c merged -- ${name}`,
    `blame --date=relative merged -- ${name}`,
    `blame -p merged -- ${name}`,
    `blame --line-porcelain merged -- ${name}`,
  ]),
];
const profiles = ["credentials", "kubernetes"];
const clean = (text: string): string =>
  toCleanText({ head: Buffer.from(text), tail: Buffer.alloc(0), droppedBytes: 0, totalBytes: 0 }, profiles).head;

describe("no secret survives behind git's marks", () => {
  it.each(lines)("git %s", (line) => {
    const printed = git(...line.split(" "));
    expect(printed).toMatch(canary);
    const text = clean(printed);
    expect(text.split("\n").filter((line) => canary.test(line))).toEqual([]);
    expect(clean(text)).toBe(text);
  });

  it("in a text that begins and ends inside a hunk", () => {
    const printed = git("show", "HEAD").split("\n");
    const leaks: string[] = [];
    for (let from = 0; from < printed.length; from += 1) {
      const { text } = redact(printed.slice(from).join("\n"), profiles, { cut: true });
      // The first lines next to a gap go before redaction: their key may be missing.
      leaks.push(
        ...text
          .split("\n")
          .slice(2)
          .filter((line) => canary.test(line)),
      );
    }
    expect(leaks).toEqual([]);
  });
});

it("what is no secret keeps its place and its mark", () => {
  const text = clean(git("diff", "merged~2", "merged", "--", "deploy.yaml", "config.yaml"));
  expect(text).toContain("-        image: registry.example/web:one\n+        image: registry.example/web:both\n");
  expect(text).toContain("-  LOG_LEVEL: debug-one\n+  LOG_LEVEL: debug-both\n");
  expect(text).toContain("-          value: [redacted:password]\n+          value: [redacted:password]\n");
});

it("a password that changed, word by word", () => {
  const text = "@@ -1,3 +1,3 @@ data:\n  LOG_LEVEL: debug\n  DB_PASSWORD: [-correcthorse-]{+staple+}\n";
  expect(redact(text, profiles).text).not.toMatch(canary);
});

it("each value is counted once", () => {
  const text = "@@ -1,2 +1,2 @@\n   user: ada\n-  DB_PASSWORD: correcthorse\n+  DB_PASSWORD: staple\n";
  expect(redact(text, profiles).counts).toEqual({ password: 2 });
});

it.each([
  [
    "a diff without context",
    (value: string) => `@@ -10 +10 @@ spec:\n-            "value": "old"\n+            "value": ${value}\n`,
  ],
  ["one that goes on", (value: string) => `@@ -10 +10 @@ {\n-      "value": "old",\n+      "value": ${value},\n`],
  ["a line of blame", (value: string) => `0a1b2c3d (Ada 2026-01-02 03:04:05 +0000 11)             "value": ${value}\n`],
])("the value of an entry in JSON whose name is not shown goes, in %s", (_what, print) => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9"\\{}<>!]{6,24}$/), (made) => {
      const value = JSON.stringify(`q${made}`);
      const once = redact(print(value), profiles);
      expect(once.text).not.toContain(value.slice(1, -1));
      expect(redact(once.text, profiles)).toEqual({ text: once.text, counts: {} });
    }),
  );
});
