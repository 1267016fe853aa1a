// The crates that the sandbox's helper is made of, out of what `cargo metadata` printed. Called by sbom.ts.
import type { Component } from "./components.ts";

export function cargoComponents(metadata: unknown): readonly Component[] {
  const packages = typeof metadata === "object" && metadata !== null ? Reflect.get(metadata, "packages") : undefined;
  if (!Array.isArray(packages)) throw new Error("not what cargo metadata prints");
  return packages.map((entry: unknown) => {
    const text = (name: string): string => {
      const value: unknown = typeof entry === "object" && entry !== null ? Reflect.get(entry, name) : undefined;
      return typeof value === "string" ? value : "";
    };
    const [name, version] = [text("name"), text("version")];
    return { purl: `pkg:cargo/${name}@${version}`, name, version, license: text("license") || "NOASSERTION" };
  });
}
