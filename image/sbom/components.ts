// What the image is made of: one record for each package, whatever language it is written in, and the licence that its own text
// shows. Shared by the scripts that list npm, Go, Rust and Debian packages, and by sbom.ts, which joins the lists.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export interface Component {
  /** Package URL: type, name and version in one. */
  readonly purl: string;
  readonly name: string;
  readonly version: string;
  /** SPDX identifier or expression; "NOASSERTION" where the text is none that we know. */
  readonly license: string;
  /** The package's own licence file, when it ships one. */
  readonly text?: string;
}

const licenceFile = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i;

/** The licence file of a package's folder; the first by name, which is LICENSE rather than NOTICE. */
export function readLicence(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  const [name] = readdirSync(folder)
    .filter((name) => licenceFile.test(name) && !/\.(?:go|js|ts)$/.test(name))
    .sort();
  return name === undefined ? undefined : readFileSync(path.join(folder, name), "utf8").trim();
}

/** The first that matches; what is more special stands before what is more general. */
const shapes: readonly (readonly [string, RegExp])[] = [
  ["Apache-2.0", /Apache License\s+Version 2\.0/i],
  ["MPL-2.0", /Mozilla Public License,?\s+(?:version )?2\.0/i],
  [
    "BSD-3-Clause",
    /Redistribution and use in source and binary forms[\s\S]*(?:Neither the names? of|may not be used to endorse)/i,
  ],
  ["BSD-2-Clause", /Redistribution and use in source and binary forms/i],
  ["ISC", /Permission to use, copy, modify,? and\/or distribute this software for any\s+purpose/i],
  ["MIT", /Permission is hereby granted, free of charge, to any person obtaining a copy/i],
  ["CC0-1.0", /CC0 1\.0 Universal/i],
  ["Unlicense", /This is free and unencumbered software released into the public domain/i],
];

export function licenceOf(text: string | undefined): string {
  // Everybody breaks the lines elsewhere, or has them in a comment.
  const words = text?.replaceAll(/[\s#*]+/g, " ") ?? "";
  return shapes.find(([, shape]) => shape.test(words))?.[0] ?? "NOASSERTION";
}
