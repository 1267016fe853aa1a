// The Debian packages that the image's files come from, with the licences of their copyright files. Called by sbom.ts inside the
// Dockerfile's system stage, which has dpkg; image/collect.sh wrote the list of packages.
import { readFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import type { Component } from "./components.ts";

export const debianComponents = (packages: readonly string[]): readonly Component[] => packages.map(toComponent);

function toComponent(name: string): Component {
  const version = query(name, "${Version}");
  const architecture = query(name, "${Architecture}");
  return {
    purl: `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${architecture}&distro=trixie`,
    name,
    version,
    license: licencesOf(readFileSync(`/usr/share/doc/${name}/copyright`, "utf8")),
  };
}

/** Debian's machine-readable copyright files name a licence for each group of files; older ones are prose. */
function licencesOf(copyright: string): string {
  if (!/^Format:.*copyright-format/m.test(copyright)) return "NOASSERTION";
  const names = [...copyright.matchAll(/^License: *(\S[^\n]*)$/gm)].map(([, name]) => name?.trim() ?? "");
  return [...new Set(names)].sort().join(" AND ");
}

function query(name: string, format: string): string {
  const run = spawnSync("dpkg-query", ["--show", `--showformat=${format}`, name], { encoding: "utf8" });
  if (run.status !== 0) throw new Error(`dpkg-query ${name}: ${run.stderr}`);
  return run.stdout.split("\n")[0] ?? "";
}
