// Fetches Debian packages with all that they depend on, for any processor, and unpacks each into a folder of its own: nothing is
// installed, and no foreign program runs. apt checks the signatures. Called by the system stage, which runs as root on Debian.
import { execFileSync } from "node:child_process";
import {
  existsSync,
  globSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { engineName, type Processor } from "../../scripts/processor.ts";

export interface Packages {
  /** A file of the unpacked packages, by its path in a root; links are followed. Undefined when no package has it. */
  readonly find: (file: string) => Found | undefined;
  /** Its control paragraph, and what its copyright file says. */
  readonly control: (name: string) => string;
  readonly copyright: (name: string) => string;
}

export interface Found {
  readonly package: string;
  /** Where it was unpacked; never a link. */
  readonly file: string;
}

export function fetchPackages(names: readonly string[], processor: Processor, folder: string): Packages {
  const debs = download(names, processor, path.join(folder, "apt"));
  const controls = new Map<string, string>();
  const owners = new Map<string, string>();
  const unpacked = (name: string, file = ""): string => path.join(folder, "unpacked", name, file);
  for (const deb of debs) {
    const name = run("dpkg-deb", ["--field", deb, "Package"]).trim();
    controls.set(name, run("dpkg-deb", ["--field", deb]));
    mkdirSync(unpacked(name), { recursive: true });
    run("dpkg-deb", ["--extract", deb, unpacked(name)]);
    for (const file of readdirSync(unpacked(name), { recursive: true, encoding: "utf8" })) owners.set(`/${file}`, name);
  }
  const find = (asked: string): Found | undefined => {
    // Debian has one /usr; /bin and /lib lead into it.
    const file = asked.replace(/^\/(s?bin|lib(?:64)?)\//, "/usr/$1/");
    const name = owners.get(file);
    if (name === undefined) return undefined;
    const here = unpacked(name, file);
    if (!lstatSync(here).isSymbolicLink()) return { package: name, file: here };
    return find(path.resolve(path.dirname(file), readlinkSync(here)));
  };
  return {
    find,
    control: (name) => controls.get(name) ?? "",
    copyright: (name) => {
      // Packages of one source may share a folder, and its name is a link then.
      const doc = unpacked(name, `usr/share/doc/${name}`);
      const own = lstatSync(doc).isSymbolicLink() ? path.basename(readlinkSync(doc)) : name;
      const found = find(`/usr/share/doc/${own}/copyright`);
      if (found === undefined) throw new Error(`${name} has no copyright file`);
      return readFileSync(found.file, "utf8");
    },
  };
}

/** Files of the packages, in an apt of its own where nothing is installed yet. */
function download(names: readonly string[], processor: Processor, folder: string): readonly string[] {
  for (const name of ["state/lists/partial", "cache/archives/partial"])
    mkdirSync(path.join(folder, name), { recursive: true });
  const status = path.join(folder, "status");
  writeFileSync(status, "");
  const config = path.join(folder, "apt.conf");
  writeFileSync(
    config,
    [
      "#clear APT::Architectures;",
      `APT { Architecture "${engineName(processor)}"; Architectures { "${engineName(processor)}"; }; Install-Recommends "false"; };`,
      `Dir { State "${folder}/state"; State::status "${status}"; Cache "${folder}/cache"; };`,
    ].join("\n"),
  );
  const apt = (...words: readonly string[]): string => run("apt-get", ["--quiet", ...words], { APT_CONFIG: config });
  apt("update");
  apt("install", "--yes", "--download-only", ...names);
  const debs = globSync(path.join(folder, "cache/archives/*.deb")).sort();
  if (debs.length < names.length || !existsSync(debs[0] ?? "")) throw new Error("apt-get brought too little");
  return debs;
}

function run(program: string, parameters: readonly string[], more: Readonly<Record<string, string>> = {}): string {
  return execFileSync(program, parameters, {
    encoding: "utf8",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", ...more },
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 64 * 1024 * 1024,
  });
}
