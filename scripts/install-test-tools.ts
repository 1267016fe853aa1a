// Puts the real programs that tests and the server run, beyond kubectl and helm, into .tools/bin: flux, gh and yq built with Go,
// as the image has them, gawk, Prometheus and Alertmanager out of Debian's packages. Called by `make tools`. What this machine cannot have is
// named in one line, and the tests that need it count as skipped.
import { mkdirSync } from "node:fs";
import path from "node:path";
import { type DebianPackage, unpackPrograms } from "./debian-programs.ts";
import { buildGoProgram } from "./go-program.ts";
import { flux, gh, yq } from "./go-programs.ts";
import { placeProgram } from "./place-program.ts";

const root = path.resolve(import.meta.dirname, "..");
const bin = path.join(root, ".tools/bin");

const debianPackages: readonly DebianPackage[] = [
  { name: "gawk", programs: ["gawk"], libraries: ["libsigsegv2"] },
  { name: "prometheus", programs: ["promtool", "prometheus"] },
  { name: "prometheus-alertmanager", programs: ["prometheus-alertmanager", "amtool"] },
];

mkdirSync(bin, { recursive: true });
for (const debianPackage of debianPackages)
  report(debianPackage.programs.join(", "), unpackPrograms(debianPackage, bin));
for (const program of [yq, gh, flux]) {
  const built = buildGoProgram(root, program, say);
  if (built.ok) placeProgram(built.file, path.join(bin, program.name));
  report(program.name, built.ok ? undefined : built.why);
}

function report(programs: string, problem: string | undefined): void {
  say(
    problem === undefined
      ? `${programs}: in .tools/bin`
      : `${programs}: not available (${problem}); tests that need it are skipped`,
  );
}

function say(line: string): void {
  console.log(line);
}
