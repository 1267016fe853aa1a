// The modules that a Go program is linked from, as the program itself says (`go version -m`), with the licences that lie in the
// module cache. Called by tools-stage.ts where the program was built.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { type Component, licenceOf, readLicence } from "./components.ts";

export function goComponents(program: string, folder: string): readonly Component[] {
  const cache = go(["env", "GOMODCACHE"], folder).trim();
  const lines = go(["version", "-m", program], folder).split("\n");
  const compiler = /go(\S+)/.exec(lines[0]?.split(": ").at(-1) ?? "")?.[1] ?? "";
  const modules = lines.flatMap((line) => {
    const [kind, name = "", version = ""] = line.trim().split(/\s+/);
    return kind === "dep" && name !== "" ? [{ name, version }] : [];
  });
  return [
    { purl: `pkg:golang/std@${compiler}`, name: "std", version: compiler, license: "BSD-3-Clause" },
    ...modules.map(({ name, version }) => toComponent(cache, name, version)),
  ];
}

function toComponent(cache: string, name: string, version: string): Component {
  const text = readLicence(path.join(cache, `${escaped(name)}@${escaped(version)}`));
  return {
    purl: `pkg:golang/${name}@${version}`,
    name,
    version,
    license: licenceOf(text),
    ...(text === undefined ? {} : { text }),
  };
}

/** Go writes capitals as !x in its cache, for file systems that do not tell them apart. */
const escaped = (text: string): string => text.replaceAll(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);

function go(parameters: readonly string[], cwd: string): string {
  const run = spawnSync("go", parameters, { cwd, encoding: "utf8", maxBuffer: 16 * 1024 * 1024 });
  if (run.status !== 0) throw new Error(`go ${parameters[0]}: ${run.error?.message ?? run.stderr}`);
  return run.stdout;
}
