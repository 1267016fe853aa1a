// Unpacks promtool out of Debian's package `prometheus` into .tools/bin, without installing the package. Called by
// `make promtool`; apt checks the signature. Where there is no apt the test that needs it counts as skipped.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, globSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const bin = path.resolve(import.meta.dirname, "../.tools/bin");
const target = path.join(bin, "promtool");

if (existsSync(target)) console.log("promtool: is in .tools/bin");
else install();

function install(): void {
  const folder = mkdtempSync(path.join(tmpdir(), "promtool-"));
  try {
    download(folder);
    const [archive] = globSync("prometheus_*.deb", { cwd: folder });
    if (archive === undefined) throw new Error("apt-get brought no package");
    run("dpkg-deb", ["--extract", archive, "unpacked"], folder);
    mkdirSync(bin, { recursive: true });
    copyFileSync(path.join(folder, "unpacked/usr/bin/promtool"), target);
    console.log("promtool: is in .tools/bin");
  } catch (error) {
    const why = error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : "unknown";
    console.log(`promtool: not available (${why}); the test that needs it will be skipped`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A fresh machine may have no package lists yet; only root may fetch them. */
function download(folder: string): void {
  try {
    run("apt-get", ["download", "prometheus"], folder);
  } catch (error) {
    if (process.getuid?.() !== 0) throw error;
    run("apt-get", ["update"], folder);
    run("apt-get", ["download", "prometheus"], folder);
  }
}

function run(program: string, parameters: readonly string[], cwd: string): void {
  execFileSync(program, parameters, { cwd, stdio: ["ignore", "ignore", "pipe"], timeout: 120_000 });
}
