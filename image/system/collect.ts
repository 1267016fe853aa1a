// Copies programs, their loader and the libraries that they load into a root of Debian's shape, and beside them the copyright files
// and the package records that scanners look for. Called by the system stage. Throws for what no package has.
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { libraryFolder, readElf } from "./elf.ts";
import type { Packages } from "./packages.ts";
import type { Processor } from "../../scripts/processor.ts";

export interface Collection {
  /** A file of the packages, with all that it loads. */
  readonly program: (file: string) => void;
  /** What a file from elsewhere loads. */
  readonly librariesOf: (file: string) => void;
  /** Writes the records; answers the names of the packages that something came from. */
  readonly finish: () => readonly string[];
}

export function collectInto(root: string, packages: Packages, processor: Processor): Collection {
  const names = new Set<string>();
  mkdirSync(path.join(root, "usr"), { recursive: true });
  // The links first: what is copied below them would make folders of the same name.
  for (const folder of ["bin", "lib", "lib64"]) {
    mkdirSync(path.join(root, "usr", folder));
    symlinkSync(`usr/${folder}`, path.join(root, folder));
  }
  const put = (file: string, whose: string): void => {
    const found = packages.find(file);
    if (found === undefined) throw new Error(`${whose} needs ${file}, which no package has`);
    names.add(found.package);
    const target = path.join(root, file);
    if (existsSync(target)) return;
    copy(found.file, target);
    librariesOf(found.file);
  };
  const librariesOf = (file: string): void => {
    const elf = readElf(file);
    if (elf === undefined) return;
    if (elf.loader !== undefined) put(elf.loader, file);
    for (const name of elf.libraries) put(`${libraryFolder(processor)}/${name}`, file);
  };
  return {
    program: (file) => put(file, "the image"),
    librariesOf,
    finish: () => {
      for (const name of names) record(root, name, packages);
      return [...names].sort();
    },
  };
}

function copy(from: string, target: string): void {
  const { mode, mtime } = statSync(from);
  mkdirSync(path.dirname(target), { recursive: true });
  copyFileSync(from, target);
  chmodSync(target, mode & 0o755);
  utimesSync(target, mtime, mtime);
}

function record(root: string, name: string, packages: Packages): void {
  const doc = path.join(root, "usr/share/doc", name);
  const status = path.join(root, "var/lib/dpkg/status.d");
  for (const folder of [doc, status]) mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(doc, "copyright"), packages.copyright(name));
  writeFileSync(path.join(status, name), packages.control(name).replace("\n", "\nStatus: install ok installed\n"));
}
