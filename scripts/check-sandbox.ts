// Format, lint and unit tests of the sandbox's helper, where cargo is, and its lint for the other machine that it is made for,
// where Rust's library for that one is installed too; called by `make check`. Ends with one line that CI counts.
import { buildOptions, findCargo, isTargetThere } from "./sandbox-cargo.ts";

const cargo = findCargo();
if (cargo === undefined) {
  process.stdout.write("sandbox: cargo is missing\nsandbox: 0 passed, 0 failed, 4 skipped\n");
} else {
  const { host, run } = cargo;
  const clippy = (target: string) =>
    run("clippy", "--all-targets", ...buildOptions(target), "--", "--deny", "warnings");
  const other = host.startsWith("aarch64") ? "x86_64-unknown-linux-gnu" : "aarch64-unknown-linux-gnu";
  const isOtherThere = isTargetThere(other);
  const steps = [
    ["fmt", () => run("fmt", "--check")],
    ["clippy", () => clippy(host)],
    ["test", () => run("test", "--bins", ...buildOptions(host))],
    ...(isOtherThere ? [[other.split("-", 1)[0] ?? other, () => clippy(other)] as const] : []),
  ] as const;
  const failed = steps.filter(([name, step]) => {
    const passed = step();
    process.stdout.write(`${name.padEnd(10)} ${passed ? "passed" : "failed"}\n`);
    return !passed;
  });
  process.stdout.write(
    `sandbox: ${steps.length - failed.length} passed, ${failed.length} failed, ${isOtherThere ? 0 : 1} skipped\n`,
  );
  if (failed.length > 0) process.exitCode = 1;
}
