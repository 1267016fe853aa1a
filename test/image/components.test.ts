// The list of what the image is made of: licences by their own texts, packages by where they come from.
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { cargoComponents } from "../../image/sbom/cargo-components.ts";
import { licenceOf } from "../../image/sbom/components.ts";
import { npmComponents } from "../../image/sbom/npm-components.ts";

const root = path.resolve(import.meta.dirname, "../..");
const input = { bytes: 1, imports: [] };

describe("components", () => {
  it("knows our own licence, and asserts nothing of a text that it does not know", () => {
    expect(licenceOf(readFileSync(path.join(root, "LICENSE"), "utf8"))).toBe("Apache-2.0");
    const mit = "MIT\n\nPermission is hereby granted, free of charge, to any\nperson obtaining a copy of this software";
    expect(licenceOf(mit)).toBe("MIT");
    expect(licenceOf("Do what you like.")).toBe("NOASSERTION");
    expect(licenceOf(undefined)).toBe("NOASSERTION");
  });

  it("names each npm package once, and none of our own files", () => {
    const inputs = Object.fromEntries(
      [
        "src/main.ts",
        "node_modules/zod/v4/index.js",
        "node_modules/zod/index.js",
        "node_modules/@opentelemetry/api/x.js",
      ].map((file) => [file, input]),
    );
    expect(npmComponents({ inputs, outputs: {} }).map(({ purl, license }) => [purl, license])).toEqual([
      [expect.stringMatching(/^pkg:npm\/%40opentelemetry\/api@\d/), "Apache-2.0"],
      [expect.stringMatching(/^pkg:npm\/zod@\d/), "MIT"],
    ]);
  });

  it("reads what cargo prints of crates", () => {
    const packages = [{ name: "landlock", version: "0.4.8", license: "MIT OR Apache-2.0" }];
    expect(cargoComponents({ packages })).toEqual([
      { purl: "pkg:cargo/landlock@0.4.8", name: "landlock", version: "0.4.8", license: "MIT OR Apache-2.0" },
    ]);
    expect(() => cargoComponents({})).toThrow("not what cargo metadata prints");
  });
});
