// Every relative link in our pages leads to a file that is there, and to a heading that is there.
import { existsSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { anchorsOf, linksOf, root } from "./markdown.ts";
import { pages } from "./pages.ts";

const isExternal = (target: string): boolean => /^[a-z]+:/.test(target);

/** What is wrong with a link, or undefined. */
function fault(page: string, target: string): string | undefined {
  const [file = "", fragment] = target.split("#");
  const aim = file === "" ? page : path.posix.join(path.posix.dirname(page), file);
  if (aim.startsWith("..")) return `${target} leaves the repository`;
  if (!existsSync(path.join(root, aim))) return `${target} is not there`;
  if (fragment !== undefined && !anchorsOf(aim).has(fragment)) return `${target} has no such heading`;
  return undefined;
}

describe("links", () => {
  it("finds the pages it is about", () => {
    expect(pages).toEqual(expect.arrayContaining(["README.md", "SECURITY.md", "CONTRIBUTING.md", "docs/policy.md"]));
  });

  it.each(pages)("%s links to nothing that is missing", (page) => {
    const faults = linksOf(page)
      .filter((target) => !isExternal(target))
      .map((target) => fault(page, target))
      .filter((problem) => problem !== undefined);
    expect(faults).toEqual([]);
  });

  it("reaches every page under docs from README.md in one or two steps", () => {
    const near = neighbours("README.md");
    const reached = new Set(["README.md", ...near, ...near.flatMap(neighbours)]);
    expect(pages.filter((page) => page.startsWith("docs/") && !reached.has(page))).toEqual([]);
  });
});

const neighbours = (page: string): readonly string[] =>
  page.endsWith(".md")
    ? linksOf(page)
        .filter((target) => !isExternal(target))
        .map((target) => path.posix.join(path.posix.dirname(page), target.split("#")[0] ?? ""))
    : [];
