// The npm packages that went into the bundle, by what esbuild says of its inputs, and Node itself. Called by server-stage.ts.
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Metafile } from "esbuild";
import { type Component, licenceOf, readLicence } from "./components.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** Each package once; a file belongs to the innermost node_modules above it. */
export function npmComponents({ inputs }: Metafile): readonly Component[] {
  const folders = Object.keys(inputs).flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  return [...new Set(folders)].sort().map(describe);
}

/** Package's folder, below the repository unless it is absolute → record. */
export function describe(folder: string): Component {
  const manifest: unknown = JSON.parse(readFileSync(path.resolve(root, folder, "package.json"), "utf8"));
  const name = field(manifest, "name");
  const version = field(manifest, "version");
  const text = readLicence(path.resolve(root, folder));
  return {
    purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
    name,
    version,
    license: field(manifest, "license") || licenceOf(text),
    ...(text === undefined ? {} : { text }),
  };
}

function field(manifest: unknown, name: string): string {
  if (typeof manifest !== "object" || manifest === null) return "";
  const value: unknown = Reflect.get(manifest, name);
  return typeof value === "string" ? value : "";
}
