// Compiles the policy: Rego and data → the files of policies/build and their manifest, as bytes, without writing them there.
// Called by policy-build.ts for the build and for the comparison. Works in a scratch folder that it is given.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { readAnnotations } from "../src/desk/annotations.ts";
import type { Case } from "./policy-cases.ts";
import { runTool } from "./policy-tools.ts";
import { hashFiles, listSources, sha256, stageForBuild } from "./policy-sources.ts";
import { readTar } from "./policy-tar.ts";

export const outputNames = ["policy.wasm", "data.json", "annotations.json", "cases.json", "manifest.json"] as const;
export type Outputs = Readonly<Record<(typeof outputNames)[number], Buffer>>;

const entrypoints = ["aisre/authz/decision", "aisre/authz/visible", "aisre/authz/explain"];

/** What opa is told, from inside a folder that holds only what is compiled; the bundle's name is left out. */
const buildArgs = ["build", "-t", "wasm", "-O", "0", ...entrypoints.flatMap((path) => ["-e", path])];

export interface Compilation {
  readonly opa: { readonly path: string; readonly version: string };
  readonly policies: string;
  readonly scratch: string;
  readonly cases: readonly Case[];
}

/** Builds everything. Equal sources and an equal opa give equal bytes. Throws with opa's own words when it refuses. */
export function compile({ opa, policies, scratch, cases }: Compilation): Outputs {
  const stage = join(scratch, "build");
  mkdirSync(stage, { recursive: true });
  stageForBuild(policies, stage);
  const bundle = join(scratch, "bundle.tar.gz");
  runTool(
    opa.path,
    [...buildArgs, "--capabilities", join(policies, "capabilities.json"), "-b", ".", "-o", bundle],
    stage,
  );
  const entries = readTar(gunzipSync(readFileSync(bundle)));
  const annotations = readAnnotations(runTool(opa.path, ["inspect", "--annotations", "--format", "json", "."], stage));
  const files = {
    "policy.wasm": entryOf(entries, "/policy.wasm"),
    "data.json": toJson(JSON.parse(entryOf(entries, "/data.json").toString("utf8"))),
    "annotations.json": toJson(annotations),
    "cases.json": toLines(cases),
  };
  const manifest = {
    schema_version: 1,
    opa: opa.version,
    command: ["opa", ...buildArgs, "--capabilities", "capabilities.json", "-b", "."].join(" "),
    entrypoints,
    sources: hashFiles(policies, listSources(policies)),
    outputs: Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, sha256(bytes)])),
  };
  return { ...files, "manifest.json": toJson(manifest) };
}

/** Writes the outputs into a folder, replacing what is there. */
export function writeOutputs(folder: string, outputs: Outputs): void {
  mkdirSync(folder, { recursive: true });
  for (const name of outputNames) writeFileSync(join(folder, name), outputs[name]);
}

function entryOf(entries: ReadonlyMap<string, Buffer>, name: string): Buffer {
  const entry = entries.get(name);
  if (entry === undefined) throw new Error(`the bundle that opa built has no ${name}`);
  return entry;
}

/** Readable in a diff, one newline at the end. */
const toJson = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value, null, 1)}\n`);

/** An array with one item a line: whole inputs are long. */
const toLines = (items: readonly unknown[]): Buffer =>
  Buffer.from(`[\n${items.map((item) => JSON.stringify(item)).join(",\n")}\n]\n`);
