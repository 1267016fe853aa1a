// Unpacks programs out of Debian's packages into a folder, without installing anything; apt checks the signatures.
// Called by install-test-tools.ts. Never throws where there is no apt: it says why.
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, globSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

export interface DebianPackage {
  readonly name: string;
  readonly programs: readonly string[];
  /** Packages with libraries that a machine may lack: they go to `lib` beside the programs, which are told to look there. */
  readonly libraries?: readonly string[];
}

/** Puts the package's programs into `bin`; answers why it could not. */
export function unpackPrograms({ name, programs, libraries = [] }: DebianPackage, bin: string): string | undefined {
  if (programs.every((program) => existsSync(path.join(bin, program)))) return undefined;
  const folder = mkdtempSync(path.join(tmpdir(), "aisre-debian-"));
  try {
    const unpacked = unpack([name, ...libraries, ...(libraries.length > 0 ? ["patchelf"] : [])], folder);
    const lib = path.join(bin, "lib");
    mkdirSync(libraries.length > 0 ? lib : bin, { recursive: true });
    for (const file of libraries.flatMap((library) => globSync(`${library}/usr/lib/*/lib*.so.*`, { cwd: unpacked })))
      copyFileSync(path.join(unpacked, file), path.join(lib, path.basename(file)));
    for (const program of programs) {
      const file = path.join(unpacked, name, "usr/bin", program);
      if (libraries.length > 0) {
        const patchelf = path.join(unpacked, "patchelf/usr/bin/patchelf");
        run(patchelf, ["--set-rpath", "$ORIGIN/lib", file], folder);
      }
      place(file, path.join(bin, program));
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.message.trim().split("\n").at(-1) ?? "") : "unknown";
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs where it will stand, or it does not get its name. */
function place(file: string, target: string): void {
  const aside = `${target}.${process.pid}`;
  try {
    copyFileSync(file, aside);
    chmodSync(aside, 0o755);
    run(aside, ["--version"], path.dirname(target));
    renameSync(aside, target);
  } finally {
    rmSync(aside, { force: true });
  }
}

/** A folder with one folder for each package. A fresh machine may have no package lists yet; only root may fetch them. */
function unpack(names: readonly string[], folder: string): string {
  try {
    run("apt-get", ["download", ...names], folder);
  } catch (error) {
    if (process.getuid?.() !== 0) throw error;
    run("apt-get", ["update"], folder);
    run("apt-get", ["download", ...names], folder);
  }
  const unpacked = path.join(folder, "unpacked");
  mkdirSync(unpacked);
  for (const name of names) {
    const [archive] = globSync(`${name}_*.deb`, { cwd: folder });
    if (archive === undefined) throw new Error(`apt-get brought no ${name}`);
    run("dpkg-deb", ["--extract", archive, path.join(unpacked, name)], folder);
  }
  return unpacked;
}

function run(program: string, parameters: readonly string[], cwd: string): void {
  execFileSync(program, parameters, { cwd, stdio: ["ignore", "ignore", "pipe"], timeout: 120_000 });
}
