// A checkout of its own for a test that runs what a page says, as `make init` leaves one: what is installed is linked, not copied; and
// surroundings in which nothing is found but a home of its own and what was built before.
import { cpSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../..");

export function copyCheckout(target: string): void {
  const linked = ["node_modules", ".tools"];
  const left = [...linked, ".git", "coverage", "target", "keys"];
  cpSync(root, target, {
    recursive: true,
    // make decides by them what is up to date.
    preserveTimestamps: true,
    filter: (source) => !left.includes(path.basename(source)),
  });
  for (const name of linked) symlinkSync(path.join(root, name), path.join(target, name));
}

export function surroundings(home: string, port: number): Readonly<Record<string, string>> {
  const { XDG_CACHE_HOME, CARGO_HOME, RUSTUP_HOME, PATH } = process.env;
  return {
    PATH: [path.join(root, ".tools/bin"), path.join(root, "node_modules/.bin"), PATH ?? ""].join(path.delimiter),
    HOME: home,
    XDG_CACHE_HOME: XDG_CACHE_HOME ?? path.join(homedir(), ".cache"),
    CARGO_HOME: CARGO_HOME ?? path.join(homedir(), ".cargo"),
    RUSTUP_HOME: RUSTUP_HOME ?? path.join(homedir(), ".rustup"),
    MCP_SERVER_PORT: String(port),
  };
}
