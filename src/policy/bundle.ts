// Loads a policy bundle: every file against its sha256 in manifest.json, then compiled, then proved on its own data.
// Called at start, by `policy check` and at reload. A WASM with flipped bits often loads and runs: only the hash tells.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { StartError } from "../errors.ts";
import { findDeadCanary, healthCanary, secretsCanary } from "./canary.ts";
import { entrypoints } from "./decide.ts";
import { createEvaluator } from "./evaluator.ts";
import { compileModule } from "./module.ts";

export interface PolicyBundle {
  readonly module: WebAssembly.Module;
  /** sha256 of policy.wasm, hex. */
  readonly wasmSha256: string;
  /** data.json; `site` is the lowest layer of site data. */
  readonly data: Readonly<Record<string, unknown>> & { readonly site: unknown };
}

const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);
const manifestSchema = z.object({ outputs: z.record(z.string().regex(/^[\w-]+\.(?:wasm|json)$/), sha256Hex) });
const dataSchema = z.looseObject({ site: z.unknown() });
/** Without these there is nothing to judge by; what else the manifest lists is checked as well. */
const required = ["policy.wasm", "data.json"] as const;

const fix = "restore the folder (git checkout policies/build) or build it anew with `make policy`";

/** Loads and proves the bundle of a folder. Throws StartError `policy_missing` that names the file and what to do. */
export function loadBundle(folder: string): PolicyBundle {
  const { outputs } = parseJson(folder, "manifest.json", read(folder, "manifest.json"), manifestSchema);
  for (const name of required) {
    if (!Object.hasOwn(outputs, name)) throw broken(folder, "manifest.json", `lists no ${name}`);
  }
  const files = new Map(Object.entries(outputs).map(([name, sha256]) => [name, readListed(folder, name, sha256)]));
  const wasm = files.get("policy.wasm") ?? Buffer.alloc(0);
  const data = parseJson(folder, "data.json", files.get("data.json") ?? Buffer.alloc(0), dataSchema);
  return { module: prove(folder, wasm, data), wasmSha256: hash(wasm), data: { ...data, site: data.site } };
}

/** Compiles, and asks the known questions on the bundle's own data. */
function prove(folder: string, wasm: Buffer, data: unknown): WebAssembly.Module {
  try {
    const module = compileModule(wasm);
    const evaluator = createEvaluator(module, encodeData(data));
    const missing = Object.values(entrypoints).filter((name) => !evaluator.entrypoints.includes(name));
    if (missing.length > 0) throw new Error(`has no entrypoint ${missing.join(", ")}`);
    const dead = findDeadCanary(evaluator, [healthCanary, secretsCanary]);
    if (dead !== undefined) throw new Error(`does not judge as every policy must: ${dead}`);
    return module;
  } catch (error) {
    throw broken(folder, "policy.wasm", error instanceof Error ? error.message : String(error), error);
  }
}

/** JSON text of the data document as the bytes that the WASM reads. */
export function encodeData(data: unknown): ArrayBuffer {
  return Uint8Array.from(Buffer.from(JSON.stringify(data))).buffer;
}

function read(folder: string, name: string): Buffer {
  try {
    return readFileSync(path.join(folder, name));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    throw broken(folder, name, `cannot be read (${code})`, error);
  }
}

function readListed(folder: string, name: string, sha256: string): Buffer {
  const bytes = read(folder, name);
  const actual = hash(bytes);
  if (actual === sha256) return bytes;
  throw broken(folder, name, `is not the file that manifest.json lists: its sha256 is ${actual}, not ${sha256}`);
}

function parseJson<T>(folder: string, name: string, bytes: Buffer, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(bytes.toString("utf8")));
  } catch (error) {
    throw broken(folder, name, "is not the JSON that a policy bundle has", error);
  }
}

function hash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function broken(folder: string, name: string, what: string, cause?: unknown): StartError {
  return new StartError("policy_missing", `${path.join(folder, name)}: ${what}; ${fix}`, { cause });
}
