// Holds the committed build against its manifest: every source and every output by its sha256. Needs Node only.
// Called by `make check`. It proves that nothing was changed without a build, not that the build is right.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { hashFiles, listSources } from "./sources.ts";
import type { StepResult } from "./steps.ts";

const hashes = z.record(z.string(), z.string());
const manifest = z.object({ sources: hashes, outputs: hashes });

/** Fails with the names of files that changed, appeared or went away since the build. */
export function compareWithManifest(policies: string, build: string): StepResult {
  const path = join(build, "manifest.json");
  if (!existsSync(path)) return { state: "failed", note: "policies/build/manifest.json is missing: run `make policy`" };
  const { sources, outputs } = manifest.parse(JSON.parse(readFileSync(path, "utf8")));
  const present = Object.keys(outputs).filter((name) => existsSync(join(build, name)));
  const changed = [
    ...differences(sources, hashFiles(policies, listSources(policies))),
    ...differences(outputs, hashFiles(build, present)).map((name) => `build/${name}`),
  ];
  if (changed.length === 0) return { state: "passed", note: `${Object.keys(sources).length} sources, as built` };
  return { state: "failed", note: `not as built: ${changed.join(", ")}: run \`make policy\`` };
}

function differences(
  wanted: Readonly<Record<string, string>>,
  found: Readonly<Record<string, string>>,
): readonly string[] {
  const names = new Set([...Object.keys(wanted), ...Object.keys(found)]);
  return [...names].filter((name) => wanted[name] !== found[name]).sort();
}
