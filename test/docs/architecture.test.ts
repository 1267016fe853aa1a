// docs/architecture.md is held to the tree: its rooms to the folders, its file names to the files, its codes to the table.
import { existsSync, globSync, readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { httpErrors, outcomeCodes } from "../../src/errors.ts";
import { codeSpans, fencesOf, readPage, root, tableOf } from "./markdown.ts";
import { pages } from "./pages.ts";

const page = "docs/architecture.md";

describe("the architecture page", () => {
  it("lists every room with the packages it uses, and no room that is not there", () => {
    const rooms = readdirSync(path.join(root, "src"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    const listed = tableOf(page, ["room", "does", "may import", "packages"]).map(
      ([room = "", , , packages = ""]) => [codeSpans(room)[0], codeSpans(packages)] as const,
    );
    expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(rooms.map((room) => [room, packagesOf(room)])));
  });

  it("shows every way that a call can end badly in its ladder", () => {
    const ladder = fencesOf(page)[0]?.text ?? "";
    const elsewhere = readPage(page);
    const missing = Object.keys(outcomeCodes).filter((code) => code !== "ok" && !ladder.includes(code));
    // Not a rung: a binary's absence is known before anything is queued, and is said in the sentence below.
    expect(missing).toEqual(["binary_unavailable"]);
    expect(elsewhere).toContain("`binary_unavailable`");
  });

  it("names no code that does not exist in its ladder", () => {
    const ladder = fencesOf(page)[0]?.text ?? "";
    const known = new Set<string>([...Object.keys(outcomeCodes), ...Object.keys(httpErrors)]);
    const named = [...ladder.matchAll(/\b[a-z]+(?:_[a-z]+)+\b/g)].map(([code]) => code);
    expect(named.filter((code) => !known.has(code))).toEqual([]);
  });
});

describe("file names in prose", () => {
  // A code span with a slash that begins with a folder of ours is a file or a folder that exists.
  const ours = /^(?:src|test|policies|docs|demo|bench|scripts|tools(?=\/opa))\/[\w./-]*[\w/]$/;

  it.each(pages)("%s names no file that is missing", (name) => {
    const named = codeSpans(readPage(name)).filter((span) => ours.test(span));
    expect(named.filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
  });

  it("names no page in source that is missing", () => {
    const named = globSync("{src,scripts,demo,bench}/**/*.ts", { cwd: root }).flatMap((file) =>
      [...readPage(file).matchAll(/\bdocs\/[\w./-]+\.(?:md|json)\b/g)].map(([target]) => `${file}: ${target}`),
    );
    expect(named.filter((line) => !existsSync(path.join(root, line.split(": ")[1] ?? "")))).toEqual([]);
  });
});

/** Packages that a room's files import, types included, sorted; Node's own modules are not packages. */
const packagesOf = (room: string): readonly string[] => [
  ...new Set(
    globSync(`src/${room}/**/*.ts`, { cwd: root })
      .flatMap((file) => [
        ...readPage(file).matchAll(/(?:^(?:import|export|\}) (?:.* )?from |await import\(|^import )"([^".][^"]*)"/gm),
      ])
      .map(([, target = ""]) => /^(?:@[^/]+\/)?[^/]+/.exec(target)?.[0] ?? target)
      .filter((target) => !target.startsWith("node:"))
      .sort(),
  ),
];
