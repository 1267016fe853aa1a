// Format, lint and unit tests of the sandbox's helper, where cargo is; called by `make check`. Ends with one line that CI counts.
import { buildOptions, findCargo } from "./sandbox-cargo.ts";

const cargo = findCargo();
if (cargo === undefined) {
  process.stdout.write("sandbox: cargo is missing\nsandbox: 0 passed, 0 failed, 3 skipped\n");
} else {
  const { host, run } = cargo;
  const steps = [
    ["fmt", () => run("fmt", "--check")],
    ["clippy", () => run("clippy", "--all-targets", ...buildOptions(host), "--", "--deny", "warnings")],
    ["test", () => run("test", "--bins", ...buildOptions(host))],
  ] as const;
  const failed = steps.filter(([name, step]) => {
    const passed = step();
    process.stdout.write(`${name.padEnd(10)} ${passed ? "passed" : "failed"}\n`);
    return !passed;
  });
  process.stdout.write(`sandbox: ${steps.length - failed.length} passed, ${failed.length} failed, 0 skipped\n`);
  if (failed.length > 0) process.exitCode = 1;
}
