// A Debian package that files of the image come from, with the licences of its copyright file. Called by system-stage.ts.
import type { Component } from "./components.ts";

/** Out of the package's control paragraph and its copyright file. */
export function toDebianComponent(control: string, copyright: string): Component {
  const field = (name: string): string => new RegExp(`^${name}: (.+)$`, "m").exec(control)?.[1] ?? "";
  const [name, version] = [field("Package"), field("Version")];
  return {
    purl: `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${field("Architecture")}&distro=trixie`,
    name,
    version,
    license: licencesOf(copyright),
  };
}

/** Debian's machine-readable copyright files name a licence for each group of files; older ones are prose. */
function licencesOf(copyright: string): string {
  if (!/^Format:.*copyright-format/m.test(copyright)) return "NOASSERTION";
  const names = [...copyright.matchAll(/^License: *(\S[^\n]*)$/gm)].map(([, name]) => name?.trim() ?? "");
  return [...new Set(names)].sort().join(" AND ");
}
