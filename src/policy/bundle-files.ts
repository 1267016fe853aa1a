// Reads the folder of a policy bundle once, whole and bounded: what is verified, compiled and proved afterwards are these
// bytes and no later ones. Called by bundle.ts; judges nothing.
import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { brokenBundle } from "./broken-bundle.ts";

export interface BundleFiles {
  /** As it was named, for messages. */
  readonly folder: string;
  readonly files: ReadonlyMap<string, Buffer>;
}

const maxFiles = 64;
const maxFileBytes = 16 * 1024 * 1024;

/**
 * Reads every file of the folder. A mounted ConfigMap keeps its files behind the link `..data`, and swaps that: the files
 * are read where it leads now, so that they belong together.
 * @throws StartError `policy_missing`
 */
export function readBundleFiles(folder: string): BundleFiles {
  const place = placeOf(folder);
  // Kubernetes' own entries of a mount begin with two dots: `..data`, and the folders that it leads to.
  const names = attempt(folder, "manifest.json", () => readdirSync(place)).filter((name) => !name.startsWith(".."));
  if (names.length > maxFiles) throw brokenBundle(folder, "", `holds more than ${maxFiles} files`);
  const files = new Map<string, Buffer>();
  for (const name of names) {
    const file = path.join(place, name);
    const found = attempt(folder, name, () => statSync(file));
    if (found.isDirectory()) continue;
    if (!found.isFile()) throw brokenBundle(folder, name, "is no file");
    if (found.size > maxFileBytes) throw brokenBundle(folder, name, `is larger than ${maxFileBytes} bytes`);
    files.set(
      name,
      attempt(folder, name, () => readFileSync(file)),
    );
  }
  return { folder, files };
}

function placeOf(folder: string): string {
  try {
    return realpathSync(path.join(folder, "..data"));
  } catch {
    return folder;
  }
}

function attempt<T>(folder: string, name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    throw brokenBundle(folder, name, `cannot be read (${code})`, error);
  }
}
