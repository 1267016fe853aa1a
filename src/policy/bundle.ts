// Loads a policy bundle: every file against its sha256 in manifest.json, then compiled, then proved on its own data.
// Called at start, by `policy check` and at reload. A WASM with flipped bits often loads and runs: only the hash tells.
import { createHash } from "node:crypto";
import * as z from "zod";
import { brokenBundle } from "./broken-bundle.ts";
import { type BundleFiles, readBundleFiles } from "./bundle-files.ts";
import { findDeadCanary, healthCanary, secretsCanary } from "./canary.ts";
import { entrypoints } from "./decide.ts";
import { createEvaluator } from "./evaluator.ts";
import { compileModule } from "./module.ts";
import type { PublicKey } from "./public-keys.ts";
import { type Release, verifySignature } from "./signature.ts";

export interface PolicyBundle {
  readonly module: WebAssembly.Module;
  /** sha256 of policy.wasm, hex. */
  readonly wasmSha256: string;
  /** data.json; `site` is the lowest layer of site data. */
  readonly data: Readonly<Record<string, unknown>> & { readonly site: unknown };
  /** Over all that manifest.json lists, hex: equal bundles have equal ones. */
  readonly contentSha256?: string;
  /** Whose word it is; absent when no key asked for a signature. */
  readonly release?: Release;
}

const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);
const manifestSchema = z.object({ outputs: z.record(z.string().regex(/^[\w-]+\.(?:wasm|json)$/), sha256Hex) });
const dataSchema = z.looseObject({ site: z.unknown() });
/** Without these there is nothing to judge by; what else the manifest lists is checked as well. */
const required = ["policy.wasm", "data.json"] as const;

/** A bundle with the files that prove it. */
export interface OpenedBundle {
  readonly bundle: PolicyBundle;
  /** Of what manifest.json lists. */
  readonly files: ReadonlyMap<string, Buffer>;
}

/** Loads and proves the bundle of a folder. Throws StartError `policy_missing` that names the file and what to do. */
export const loadBundle = (folder: string): PolicyBundle => open(readBundleFiles(folder)).bundle;

/** The same with its files. With keys, one of them must have signed it, and nothing is compiled before that is known. */
export async function openBundle(folder: string, keys: readonly PublicKey[]): Promise<OpenedBundle> {
  const read = readBundleFiles(folder);
  if (keys.length === 0) return open(read);
  const release = await verifySignature(read, keys);
  const opened = open(read);
  return { ...opened, bundle: { ...opened.bundle, release } };
}

function open(read: BundleFiles): OpenedBundle {
  const files = listedFiles(read);
  const wasm = files.get("policy.wasm") ?? Buffer.alloc(0);
  const data = parseJson(read.folder, "data.json", files.get("data.json") ?? Buffer.alloc(0), dataSchema);
  const module = prove(read.folder, wasm, data);
  const hashes = [...files].map(([name, bytes]) => `${name} ${hash(bytes)}\n`).sort();
  const contentSha256 = hash(Buffer.from(hashes.join("")));
  return { bundle: { module, wasmSha256: hash(wasm), data: { ...data, site: data.site }, contentSha256 }, files };
}

/** What manifest.json lists, each file as it is listed: a folder that is only half written shows here. */
function listedFiles({ folder, files }: BundleFiles): ReadonlyMap<string, Buffer> {
  const { outputs } = parseJson(folder, "manifest.json", present(folder, files, "manifest.json"), manifestSchema);
  for (const name of required) {
    if (!Object.hasOwn(outputs, name)) throw brokenBundle(folder, "manifest.json", `lists no ${name}`);
  }
  const held = Object.entries(outputs).map(([name, sha256]) => {
    const bytes = present(folder, files, name);
    const actual = hash(bytes);
    if (actual === sha256) return [name, bytes] as const;
    const what = `is not the file that manifest.json lists: its sha256 is ${actual}, not ${sha256}`;
    throw brokenBundle(folder, name, what);
  });
  return new Map(held);
}

function present(folder: string, files: BundleFiles["files"], name: string): Buffer {
  const bytes = files.get(name);
  if (bytes === undefined) throw brokenBundle(folder, name, "cannot be read (ENOENT)");
  return bytes;
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
    throw brokenBundle(folder, "policy.wasm", error instanceof Error ? error.message : String(error), error);
  }
}

/** JSON text of the data document as the bytes that the WASM reads. */
export function encodeData(data: unknown): ArrayBuffer {
  return Uint8Array.from(Buffer.from(JSON.stringify(data))).buffer;
}

function parseJson<T>(folder: string, name: string, bytes: Buffer, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(bytes.toString("utf8")));
  } catch (error) {
    throw brokenBundle(folder, name, "is not the JSON that a policy bundle has", error);
  }
}

function hash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
