// What a program needs to start, by its own headers (binutils' readelf reads those of any processor), and what a root lacks of it.
// Used by the system stage, and by the image's test on the whole image.
import { spawnSync } from "node:child_process";
import { closeSync, existsSync, lstatSync, openSync, readdirSync, readlinkSync, readSync } from "node:fs";
import path from "node:path";
import { gnuName, type Processor } from "../../scripts/processor.ts";

export interface Elf {
  readonly processor: Processor | undefined;
  /** The loader that the kernel starts; a static program has none. */
  readonly loader: string | undefined;
  readonly libraries: readonly string[];
}

const machines: Readonly<Record<string, Processor>> = { "Advanced Micro Devices X86-64": "x64", AArch64: "arm64" };

/** Undefined for a file that is no program and no library. */
export function readElf(file: string): Elf | undefined {
  if (!hasMagic(file)) return undefined;
  const { status, stdout, error } = spawnSync(
    "readelf",
    ["--wide", "--file-header", "--program-headers", "--dynamic", file],
    {
      encoding: "utf8",
      env: { PATH: process.env["PATH"], LC_ALL: "C" },
    },
  );
  if (status !== 0) throw new Error(`readelf ${file}: ${error?.message ?? "failed"}`);
  return {
    processor: machines[/^ *Machine: +(.+)$/m.exec(stdout)?.[1] ?? ""],
    loader: /\[Requesting program interpreter: (.+)\]/.exec(stdout)?.[1],
    libraries: [...stdout.matchAll(/\(NEEDED\) +Shared library: \[(.+)\]/g)].map(([, name = ""]) => name),
  };
}

export const libraryFolder = (processor: Processor): string => `/usr/lib/${gnuName(processor)}-linux-gnu`;

export interface RootCheck {
  /** Every program and library, from the root. */
  readonly files: readonly string[];
  readonly problems: readonly string[];
}

/** Everything in the root is for this processor, and has its loader and its libraries there. */
export function checkRoot(root: string, processor: Processor): RootCheck {
  const read = readdirSync(root, { recursive: true, encoding: "utf8" }).flatMap((file) => {
    const elf = lstatSync(path.join(root, file)).isFile() ? readElf(path.join(root, file)) : undefined;
    return elf === undefined ? [] : [{ file, elf }];
  });
  const has = (file: string): boolean => existsSync(within(root, file));
  const problems = read.flatMap(({ file, elf }) => [
    ...(elf.processor === processor ? [] : [`${file} is for ${elf.processor ?? "another processor"}`]),
    ...[
      ...(elf.loader === undefined ? [] : [elf.loader]),
      ...elf.libraries.map((name) => `${libraryFolder(processor)}/${name}`),
    ].flatMap((needed) => (has(needed) ? [] : [`${file} needs ${needed}`])),
  ]);
  return { files: read.map(({ file }) => file), problems };
}

/** Links inside a root lead to places in it. */
function within(root: string, file: string): string {
  let place = "/";
  for (const part of file.split("/").filter(Boolean)) {
    place = path.join(place, part);
    for (let steps = 0; steps < 8 && isLink(path.join(root, place)); steps += 1)
      place = path.resolve(path.dirname(place), readlinkSync(path.join(root, place)));
  }
  return path.join(root, place);
}

const isLink = (file: string): boolean => lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true;

function hasMagic(file: string): boolean {
  const start = Buffer.alloc(4);
  const descriptor = openSync(file, "r");
  try {
    readSync(descriptor, start, 0, 4, 0);
  } finally {
    closeSync(descriptor);
  }
  return start.equals(Buffer.from([0x7f, 0x45, 0x4c, 0x46]));
}
