// The house rules of docs/architecture.md that a linter cannot say: one owner per effect, no forbidden packages.
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const sources = globSync("src/**/*.ts", { cwd: root }).map((file) => ({
  file: file.replaceAll("\\", "/"),
  text: readFileSync(path.join(root, file), "utf8"),
}));

const importersOf = (pattern: RegExp): readonly string[] =>
  sources.filter(({ text }) => pattern.test(text)).map(({ file }) => file);

/** Files that import `module` at run time; type-only imports start nothing. */
const runtimeImport = (module: string): RegExp =>
  new RegExp(`^(import (?!type )[^;]*from|import|.*await import\\()\\s*\\(?["'](node:)?${module}["']`, "m");

describe("the house", () => {
  it("has one room that starts processes", () => {
    expect(importersOf(runtimeImport("execa"))).toEqual(["src/execution/run.ts"]);
    expect(importersOf(runtimeImport("child_process"))).toEqual([]);
  });

  it("has one room that evaluates WASM", () => {
    expect(importersOf(runtimeImport("@open-policy-agent/opa-wasm"))).toEqual(["src/policy/module.ts"]);
  });

  it("has two rooms that speak to other hosts, and two that listen", () => {
    const roomsOf = (pattern: RegExp): ReadonlySet<string> =>
      new Set(importersOf(pattern).flatMap((file) => (file.startsWith("src/cli/") ? [] : (file.split("/")[1] ?? []))));
    const isOutbound =
      /\brequest as http|(?<![.\w])fetch\(|from "node:(?:tls|dgram|dns(?:\/promises)?)"|import \{[^}]*\bconnect\b[^}]*\} from "node:net"/;
    expect(roomsOf(isOutbound)).toEqual(new Set(["broker", "cluster"]));
    expect(roomsOf(/\bcreateServer\(|(?<!\.)\b\w+\.listen\(\d|fastify\(/i)).toEqual(new Set(["broker", "transport"]));
  });

  it("reads the environment in config only", () => {
    expect(importersOf(/process\.env/).filter((file) => !file.startsWith("src/config/"))).toEqual([]);
  });

  it("lets domain and errors import nothing but each other", () => {
    for (const { file, text } of sources.filter(
      ({ file }) => file.startsWith("src/domain/") || file === "src/errors.ts",
    )) {
      const targets = [...text.matchAll(/from "([^"]+)"/g)].map(([, target]) => target ?? "");
      expect(
        targets.filter((target) => !/^(\.\/|\.\.\/errors\.ts$|\.\.\/domain\/)/.test(target)),
        file,
      ).toEqual([]);
    }
  });

  it("lets rooms meet in the gate: none imports another room's files", () => {
    const shared = new Set(["domain", "redaction"]);
    const joins = new Set(["cli", "compose", "desk", "gate"]);
    for (const { file, text } of sources) {
      const [, room, inside] = file.split("/");
      if (room === undefined || inside === undefined || joins.has(room)) continue;
      const neighbours = [...text.matchAll(/from "\.\.\/(?:\.\.\/)*([a-z]+)\//g)].map(([, name]) => name ?? "");
      const foreign = neighbours.filter((name) => name !== room && !shared.has(name) && !isFolderOf(room, name));
      expect(
        foreign.filter((name) => !allowedType(room, name)),
        file,
      ).toEqual([]);
    }
  });

  it("puts no shell behind a command", () => {
    expect(importersOf(/shell:\s*true|\bexecaCommand\b|["']sh["'],\s*["']-c["']/)).toEqual([]);
  });
});

/** A folder inside the same room, reached from a folder beside it. */
const isFolderOf = (room: string, name: string): boolean =>
  sources.some(({ file }) => file.startsWith(`src/${room}/${name}/`));

/** Doors and rooms are handed their part of the configuration: its type is shared, its reader is not. */
const allowedType = (room: string, name: string): boolean =>
  name === "config" && ["transport", "execution", "audit"].includes(room);
