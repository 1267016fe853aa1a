// CONTRIBUTING.md says why each direct dependency is there: no more, no fewer.
import { describe, expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { tableOf } from "./markdown.ts";

const listed = (header: string): readonly string[] =>
  tableOf("CONTRIBUTING.md", [header, "why"]).map(([name]) => (name ?? "").replaceAll("`", ""));

describe("the table of dependencies", () => {
  it("has the packages that the running server needs", () => {
    expect(listed("dependency")).toEqual(Object.keys(manifest.dependencies));
  });

  it("has the packages that development needs", () => {
    expect(listed("dev dependency")).toEqual(Object.keys(manifest.devDependencies));
  });

  it("has the packages that bring Node", () => {
    expect(listed("optional dependency")).toEqual(Object.keys(manifest.optionalDependencies));
  });

  it("gives each a reason", () => {
    const reasons = ["dependency", "dev dependency", "optional dependency"].flatMap((header) =>
      tableOf("CONTRIBUTING.md", [header, "why"]).map(([, why]) => why ?? ""),
    );
    expect(reasons.filter((why) => why.length < 15)).toEqual([]);
  });

  it("pins each to an exact version", () => {
    const versions = Object.values({
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...manifest.optionalDependencies,
    });
    expect(versions.filter((version) => !/^(npm:@?[\w./-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });
});
