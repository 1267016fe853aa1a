// Compiles the policy: Rego and data → the files of policies/build and their manifest, as bytes, without writing them there.
// Called by `ai-sre policy build` and `test`, and by `make policy`. Works in a scratch folder that it is given.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { readAnnotations } from "./annotations.ts";
import type { Case } from "./cases.ts";
import type { PolicyFolder } from "./policy-folder.ts";
import { errorProblem, PolicyProblems, textProblems } from "./problem.ts";
import type { Program } from "./program.ts";
import { siteKeysOf } from "./site-keys.ts";
import { hashFiles, listSources, sha256, stageForBuild } from "./sources.ts";
import { readTar } from "./tar.ts";

export const outputNames = ["policy.wasm", "data.json", "annotations.json", "cases.json", "manifest.json"] as const;
export type Outputs = Readonly<Record<(typeof outputNames)[number], Buffer>>;

const entrypoints = ["aisre/authz/decision", "aisre/authz/visible", "aisre/authz/explain"];

/** What opa is told, from inside a folder that holds only what is compiled; the bundle's name is left out. */
const buildArgs = ["build", "-t", "wasm", "-O", "0", ...entrypoints.flatMap((path) => ["-e", path])];

export interface Compilation {
  readonly opa: Program;
  readonly folder: PolicyFolder;
  /** Empty; whoever calls removes it. */
  readonly scratch: string;
  readonly cases: readonly Case[];
}

/** Builds everything. Equal sources and an equal opa give equal bytes. @throws PolicyProblems with opa's own words. */
export async function compile({ opa, folder, scratch, cases }: Compilation): Promise<Outputs> {
  const { policies, capabilities } = folder;
  const stage = join(scratch, "build");
  mkdirSync(stage, { recursive: true });
  stageForBuild(policies, stage);
  const bundle = join(scratch, "bundle.tar.gz");
  const run = async (parameters: readonly string[]): Promise<string> => {
    const { ok, stdout, stderr } = await opa.run(parameters, stage);
    if (!ok) throw new PolicyProblems(textProblems(`${stdout}\n${stderr}`));
    return stdout;
  };
  await run([...buildArgs, "--capabilities", capabilities, "-b", ".", "-o", bundle]);
  const entries = readTar(gunzipSync(readFileSync(bundle)));
  const inspected = await run(["inspect", "--annotations", "--format", "json", "."]);
  const files = {
    "policy.wasm": entryOf(entries, "/policy.wasm"),
    "data.json": toJson(JSON.parse(entryOf(entries, "/data.json").toString("utf8"))),
    "annotations.json": toJson(annotationsFrom(inspected, siteKeysOf(regoOf(stage)))),
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

/** The rules that are compiled, as texts. */
const regoOf = (stage: string): readonly string[] =>
  listSources(stage)
    .filter((name) => name.endsWith(".rego"))
    .map((name) => readFileSync(join(stage, name), "utf8"));

function annotationsFrom(inspected: string, siteKeys: ReturnType<typeof siteKeysOf>) {
  try {
    return readAnnotations(inspected, siteKeys);
  } catch (error) {
    throw new PolicyProblems([errorProblem(error, "METADATA")]);
  }
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
