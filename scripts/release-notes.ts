// Prints the changelog's words about a version. Called by the release with its tag; ends with 1 when tag, manifest, chart and
// changelog do not name one version.
//   node scripts/release-notes.ts v0.1.0
import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import manifest from "../package.json" with { type: "json" };

const root = path.resolve(import.meta.dirname, "..");
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");
const chartSchema = z.object({ version: z.string(), appVersion: z.string() });

const [tag = ""] = process.argv.slice(2);
const version = tag.replace(/^v/, "");
const { version: chart, appVersion } = chartSchema.parse(parse(read("chart/Chart.yaml")));
const notes = sectionOf(read("CHANGELOG.md"), version);
const problems = [
  ...(/^v\d+\.\d+\.\d+$/.test(tag) ? [] : [`${tag === "" ? "no tag" : tag} is not like v0.1.0`]),
  ...(manifest.version === version ? [] : [`package.json says ${manifest.version}`]),
  ...(chart === version && appVersion === version ? [] : [`chart/Chart.yaml says ${chart} and ${appVersion}`]),
  ...(notes === "" ? ["CHANGELOG.md has no words about it"] : []),
];
if (problems.length === 0) console.log(notes);
else {
  console.error(`release: ${tag}: ${problems.join("; ")}`);
  process.exitCode = 1;
}

/** What stands below `## VERSION`, up to the next version. */
function sectionOf(text: string, wanted: string): string {
  const sections = text.split(/^## /m).slice(1);
  const found = sections.find((section) => section.split("\n", 1)[0]?.trim() === wanted);
  return found?.split("\n").slice(1).join("\n").trim() ?? "";
}
