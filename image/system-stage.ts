// Fills a folder with the part of the image that comes from Debian (root), and with busybox for the debug image; beside them what it
// is made of (debian.json). Runs in the Dockerfile's system stage, on any processor for any processor:
//   node image/system-stage.ts FOLDER NODE [amd64|arm64]
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gnuName, imageProcessor } from "../scripts/processor.ts";
import { toDebianComponent } from "./sbom/debian-components.ts";
import { collectInto } from "./system/collect.ts";
import { checkRoot } from "./system/elf.ts";
import { fetchPackages } from "./system/packages.ts";

const packageNames =
  "base-files bsdextrautils busybox-static ca-certificates coreutils curl gawk git grep jq libgcc-s1 libstdc++6 sed tini util-linux";
const textTools = "jq gawk grep sed head tail sort uniq wc cut tr nl tac rev column paste date base64 cat";
/** The image's user, whom nothing else belongs to. */
const nobody = 65532;

const [folder, node, target] = process.argv.slice(2);
if (folder === undefined || node === undefined) throw new Error("usage: system-stage.ts FOLDER NODE [amd64|arm64]");
const processor = imageProcessor(target);
const root = path.join(folder, "root");
const inRoot = (file: string): string => path.join(root, file);

const scratch = mkdtempSync(path.join(tmpdir(), "aisre-system-"));
const packages = fetchPackages(packageNames.split(" "), processor, scratch);
const collection = collectInto(root, packages, processor);
for (const program of ["tini", "git", "curl", ...textTools.split(" ")]) collection.program(`/usr/bin/${program}`);
collection.program("/usr/lib/git-core/git-remote-http");
placeNode(node);
furnish();

const made = collection.finish().map((name) => toDebianComponent(packages.control(name), packages.copyright(name)));
writeFileSync(path.join(folder, "debian.json"), JSON.stringify(made));
copyFileSync(fileOf("/usr/bin/busybox"), path.join(folder, "busybox"));

const { problems } = checkRoot(root, processor);
const foreign = globSync(["bin/*sh", "sbin/**", "usr/bin/*sh"], { cwd: root });
if (problems.length + foreign.length > 0) throw new Error([...problems, ...foreign].join("\n"));

function fileOf(name: string): string {
  const found = packages.find(name);
  if (found === undefined) throw new Error(`no package has ${name}`);
  return found.file;
}

function placeNode(file: string): void {
  mkdirSync(inRoot("usr/local/bin"), { recursive: true });
  const place = inRoot("usr/local/bin/node");
  copyFileSync(file, place);
  execFileSync(`${gnuName(processor)}-linux-gnu-strip`, [place]);
  chmodSync(place, 0o755);
  collection.librariesOf(place);
}

/** What a root needs besides: accounts, certificates, folders. */
function furnish(): void {
  symlinkSync("gawk", inRoot("usr/bin/awk"));
  // git starts itself and one helper from here; its other programs are shell scripts, or not for us.
  symlinkSync("../../bin/git", inRoot("usr/lib/git-core/git"));
  symlinkSync("git-remote-http", inRoot("usr/lib/git-core/git-remote-https"));
  for (const name of [
    "usr/share/git-core/templates",
    "etc/ssl/certs",
    "home/nonroot",
    "var/lib/ai-sre/workspace",
    "tmp",
  ])
    mkdirSync(inRoot(name), { recursive: true });
  chmodSync(inRoot("tmp"), 0o1777);
  // A volume takes over the owner of the folder that it is mounted on.
  for (const name of ["home/nonroot", "var/lib/ai-sre", "var/lib/ai-sre/workspace"])
    chownSync(inRoot(name), nobody, nobody);
  writeFileSync(inRoot("etc/ssl/certs/ca-certificates.crt"), certificates());
  copyFileSync(fileOf("/usr/lib/os-release"), inRoot("etc/os-release"));
  writeFileSync(inRoot("etc/nsswitch.conf"), "hosts: files dns\n");
  const accounts = [
    "root:x:0:0:root:/:/nonexistent",
    `nonroot:x:${nobody}:${nobody}:nonroot:/home/nonroot:/nonexistent`,
  ];
  writeFileSync(inRoot("etc/passwd"), `${accounts.join("\n")}\n`);
  writeFileSync(inRoot("etc/group"), `root:x:0:\nnonroot:x:${nobody}:\n`);
}

/** As Debian's own update-ca-certificates joins them. */
function certificates(): string {
  const files = globSync(path.join(scratch, "unpacked/ca-certificates/usr/share/ca-certificates/mozilla/*.crt")).sort();
  if (files.length < 100) throw new Error("there are too few certificates");
  return files.map((file) => `${readFileSync(file, "utf8").trim()}\n`).join("");
}
