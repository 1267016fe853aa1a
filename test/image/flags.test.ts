// A checkout's server is held to the memory that the image's is, so that one alert fits both.
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");

it("make start gives V8 the bounds of the image", () => {
  const entrypoint = /^ENTRYPOINT (\[.*ai-sre\.mjs"\])$/m.exec(read("Dockerfile"))?.[1] ?? "[]";
  const flags = (entrypoint.match(/"--[^"]+"/g) ?? []).map((flag) => flag.slice(1, -1));
  expect(flags.some((flag) => flag.startsWith("--max-semi-space-size="))).toBe(true);
  const makefile = read("Makefile");
  expect(/^V8FLAGS := (.*)$/m.exec(makefile)?.[1]?.split(" ")).toEqual(flags);
  expect(makefile).toMatch(/^start:.*\n(?:\t.*\n)*\t@exec \$\(NODE\) \$\(V8FLAGS\) src\/main\.ts serve$/m);
});
