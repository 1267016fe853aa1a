// Joins the lists of what the image is made of into a CycloneDX document and a list of licences with their texts. Called by the
// Dockerfile's system stage:
//   node image/sbom/sbom.ts OUT CARGO COMPONENTS…
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { cargoComponents } from "./cargo-components.ts";
import type { Component } from "./components.ts";

const [out, cargo, ...lists] = process.argv.slice(2);
if (out === undefined || cargo === undefined) throw new Error("usage: sbom.ts OUT CARGO COMPONENTS…");

const read = (file: string): string => readFileSync(file, "utf8");
const { version } = manifest;
const all: readonly Component[] = [
  ...cargoComponents(JSON.parse(read(cargo))),
  ...lists.flatMap((file): readonly Component[] => JSON.parse(read(file))),
];
/** Go programs share modules. */
const components = [...new Map(all.map((component) => [component.purl, component])).values()].sort((one, other) =>
  one.purl < other.purl ? -1 : 1,
);

mkdirSync(out, { recursive: true });
writeFileSync(path.join(out, "sbom.cdx.json"), `${JSON.stringify(toCycloneDx(), null, 1)}\n`);
writeFileSync(path.join(out, "licenses.txt"), toText());
console.log(`sbom: ${components.length} components`);

function toCycloneDx(): object {
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: { type: "application", name: "ai-sre", version, "bom-ref": "ai-sre" } },
    components: components.map(({ purl, name, version, license }) => ({
      type: "library",
      "bom-ref": purl,
      name,
      version,
      purl,
      ...(license === "NOASSERTION" ? {} : { licenses: [toLicense(purl, license)] }),
    })),
  };
}

/** Debian has names of its own for licences; the others name SPDX identifiers and expressions. */
function toLicense(purl: string, license: string): object {
  if (purl.startsWith("pkg:deb/")) return { license: { name: license } };
  return /[ /]/.test(license) ? { expression: license.replaceAll("/", " OR ") } : { license: { id: license } };
}

/** A table, and below it every text once, under the number that the table gives it. */
function toText(): string {
  const texts = new Map<string, { readonly number: number; readonly text: string }>();
  const rows = components.map(({ purl, license, text }) => {
    if (text === undefined) return `${purl}\t${license}\t`;
    const key = createHash("sha256").update(text).digest("hex");
    const known = texts.get(key) ?? { number: texts.size + 1, text };
    texts.set(key, known);
    return `${purl}\t${license}\t[${known.number}]`;
  });
  const notes = "Debian's packages carry theirs in /usr/share/doc/*/copyright.";
  const bodies = [...texts.values()].map(({ number, text }) => `[${number}]\n\n${text}\n`);
  return [`Package\tLicence\tText`, ...rows, "", notes, "", ...bodies].join("\n");
}
