// Unpacks promtool, Prometheus and Alertmanager out of Debian's packages into .tools/bin, without installing them. Called by
// `make promtool`; apt checks the signatures. Where there is no apt the tests that need them count as skipped.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, globSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const bin = path.resolve(import.meta.dirname, "../.tools/bin");

const packages = [
  { name: "prometheus", programs: ["promtool", "prometheus"] },
  { name: "prometheus-alertmanager", programs: ["prometheus-alertmanager"] },
] as const;

for (const { name, programs } of packages) {
  if (programs.every((program) => existsSync(path.join(bin, program))))
    console.log(`${programs.join(", ")}: in .tools/bin`);
  else install(name, programs);
}

function install(name: string, programs: readonly string[]): void {
  const folder = mkdtempSync(path.join(tmpdir(), "promtool-"));
  try {
    download(name, folder);
    const [archive] = globSync(`${name}_*.deb`, { cwd: folder });
    if (archive === undefined) throw new Error("apt-get brought no package");
    run("dpkg-deb", ["--extract", archive, "unpacked"], folder);
    mkdirSync(bin, { recursive: true });
    for (const program of programs)
      copyFileSync(path.join(folder, "unpacked/usr/bin", program), path.join(bin, program));
    console.log(`${programs.join(", ")}: in .tools/bin`);
  } catch (error) {
    const why = error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : "unknown";
    console.log(`${programs.join(", ")}: not available (${why}); the tests that need it will be skipped`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A fresh machine may have no package lists yet; only root may fetch them. */
function download(name: string, folder: string): void {
  try {
    run("apt-get", ["download", name], folder);
  } catch (error) {
    if (process.getuid?.() !== 0) throw error;
    run("apt-get", ["update"], folder);
    run("apt-get", ["download", name], folder);
  }
}

function run(program: string, parameters: readonly string[], cwd: string): void {
  execFileSync(program, parameters, { cwd, stdio: ["ignore", "ignore", "pipe"], timeout: 120_000 });
}
