// Which Markdown files are ours: the pages for people, not the fixtures of other tests.
import { globSync } from "node:fs";
import { root } from "./markdown.ts";

/** Paths from the root, sorted. */
export const pages: readonly string[] = globSync("{*.md,docs/**/*.md,test/corpus/*.md}", { cwd: root })
  .map((page) => page.replaceAll("\\", "/"))
  .sort();
