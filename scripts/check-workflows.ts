// Lints .github/workflows with actionlint, which is built once with Go from tools/actionlint. Called by `make check`. Ends with one
// line that CI counts; where Go is missing it counts as skipped.
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import path from "node:path";
import { buildGoProgram } from "./go-program.ts";

const root = path.resolve(import.meta.dirname, "..");
const built = buildGoProgram(
  root,
  {
    name: "actionlint",
    module: "github.com/rhysd/actionlint",
    package: "cmd/actionlint",
    probe: ["-version"],
    // Built from the module's archive it does not know its own.
    versionVariable: "github.com/rhysd/actionlint.version",
  },
  (line) => console.log(line),
);
if (!built.ok) {
  console.log(`workflows: not linted (${built.why})\nworkflows: 0 passed, 0 failed, 1 skipped`);
} else {
  const files = globSync(".github/workflows/*.yml", { cwd: root });
  // Only its own rules: what other linters of the machine say of the scripts would differ from machine to machine.
  const words = ["-no-color", "-shellcheck=", "-pyflakes=", ...files];
  const { status, stdout, stderr } = spawnSync(built.file, words, { cwd: root, encoding: "utf8" });
  if (status !== 0) process.stdout.write(`${stdout}${stderr}`);
  console.log(`workflows: ${status === 0 ? "1 passed, 0 failed" : "0 passed, 1 failed"}`);
  if (status !== 0) process.exitCode = 1;
}
