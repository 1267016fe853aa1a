// Reads the plain ustar archive that `opa build` writes: name → bytes. Called by compile.ts, for opa's own output only.

const blockBytes = 512;

/** Regular files of an archive. Throws on a cut-off archive. */
export function readTar(archive: Buffer): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (let at = 0; at + blockBytes <= archive.length;) {
    const header = archive.subarray(at, at + blockBytes);
    const name = textOf(header, 0, 100);
    if (name === "") break;
    const sizeBytes = Number.parseInt(textOf(header, 124, 12), 8);
    const start = at + blockBytes;
    if (Number.isNaN(sizeBytes) || start + sizeBytes > archive.length)
      throw new Error(`the archive is cut off at ${name}`);
    files.set(name, archive.subarray(start, start + sizeBytes));
    at = start + Math.ceil(sizeBytes / blockBytes) * blockBytes;
  }
  return files;
}

const textOf = (header: Buffer, start: number, length: number): string =>
  header
    .toString("utf8", start, start + length)
    .replace(/\0.*$/s, "")
    .trim();
