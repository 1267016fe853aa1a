// Bundles on the disk that tests write, swap and damage: copies of the committed one with other data, and scripted ones whose
// evaluation hangs or grows.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { buildFolder, rebuildFile, root, sha256 } from "./setup.ts";

/** A folder that goes when the test ends. */
export function scratchFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "ai-sre-bundles-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The committed bundle in a folder, with whatever is changed in its site data; without its examples unless they are asked for. */
export function writeBundle(folder: string, site: Readonly<Record<string, unknown>> = {}, proofs = false): void {
  mkdirSync(folder, { recursive: true });
  cpSync(buildFolder, folder, { recursive: true });
  if (!proofs) dropProofs(folder);
  const text = readFileSync(path.join(buildFolder, "data.json"), "utf8");
  const data: { readonly site: object } = JSON.parse(text);
  rebuildFile(folder, "data.json", JSON.stringify({ ...data, site: { ...data.site, ...site } }));
}

function dropProofs(folder: string): void {
  const names = ["policy.wasm", "data.json"];
  const outputs = Object.fromEntries(names.map((name) => [name, sha256(readFileSync(path.join(folder, name)))]));
  for (const name of ["cases.json", "annotations.json"]) rmSync(path.join(folder, name));
  writeFileSync(path.join(folder, "manifest.json"), JSON.stringify({ outputs }));
}

const allowed = {
  effect: "allow",
  rules: ["server/health"],
  obligations: { timeout_ms: 1000, max_output_bytes: 1024, redact: [], sandbox: "text" },
};

/** A bundle that is well built and judges its canaries as it must, and whose one case never ends, or needs gigabytes. */
export function writeScriptedBundle(folder: string, tool: "hangs" | "grows", items: number): void {
  mkdirSync(folder, { recursive: true });
  const { site }: { readonly site: unknown } = JSON.parse(readFileSync(path.join(buildFolder, "data.json"), "utf8"));
  const denied = { effect: "deny", reasons: [{ rule: "test/no", message: "no" }] };
  const files = {
    "policy.wasm": readFileSync(path.join(root, "test/policy/fixtures/scripted/policy.wasm")),
    "data.json": JSON.stringify({
      answers: { health_check: allowed, kubectl_get: denied },
      many: Object.fromEntries(Array.from({ length: items }, (_item, index) => [`name-${index}`, index])),
      never: "a value that no name has",
      site,
    }),
    "cases.json": JSON.stringify([{ name: tool, site: {}, input: { call: { tool } }, want: { effect: "deny" } }]),
  };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(path.join(folder, name), bytes);
  const outputs = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, sha256(bytes)]));
  writeFileSync(path.join(folder, "manifest.json"), JSON.stringify({ outputs }));
}

/** A folder as Kubernetes mounts a ConfigMap: every file leads through `..data`, which is swapped in one step. */
export function createMount(): { readonly folder: string; readonly swap: (write: (folder: string) => void) => void } {
  const folder = scratchFolder();
  let version = 0;
  return {
    folder,
    swap: (write) => {
      version += 1;
      const next = `..version-${version}`;
      write(path.join(folder, next));
      symlinkSync(next, path.join(folder, "..data_tmp"));
      renameSync(path.join(folder, "..data_tmp"), path.join(folder, "..data"));
      if (version > 1) rmSync(path.join(folder, `..version-${version - 1}`), { recursive: true });
      else
        for (const name of ["policy.wasm", "data.json", "manifest.json"])
          symlinkSync(`..data/${name}`, path.join(folder, name));
    },
  };
}
