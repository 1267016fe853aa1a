// How the real programs get into a checkout: built once by a stamp, and said in one line where a machine cannot have them.
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import * as z from "zod";

const scripts = path.resolve(import.meta.dirname, "../../scripts");
const builtSchema = z.object({
  said: z.array(z.string()),
  built: z.looseObject({ ok: z.boolean(), file: z.string().optional(), why: z.string().optional() }),
});

function scratch(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "aisre-tools-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs a line of a script's module in a process of its own, whose surroundings are only what is given. */
function evaluate(line: string, environment: NodeJS.ProcessEnv): unknown {
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module-typescript", "-e", line], {
    encoding: "utf8",
    env: environment,
    timeout: 300_000,
  });
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

/** A checkout with one tool, which is a module beside its go.mod. */
function checkout(): string {
  const root = scratch();
  const source = path.join(root, "tools/hello/source");
  mkdirSync(source, { recursive: true });
  const require = "require example.invalid/hello v1.2.3\n\nreplace example.invalid/hello => ./source\n";
  writeFileSync(path.join(root, "tools/hello/go.mod"), `module aisre.invalid/tools/hello\n\ngo 1.24\n\n${require}`);
  writeFileSync(path.join(root, "tools/hello/go.sum"), "");
  writeFileSync(path.join(source, "go.mod"), "module example.invalid/hello\n\ngo 1.24\n");
  writeFileSync(
    path.join(source, "main.go"),
    'package main\n\nimport "os"\n\nvar version = "none"\n\nfunc main() { os.Stdout.WriteString(version + "\\n") }\n',
  );
  return root;
}

function build(root: string, environment: NodeJS.ProcessEnv) {
  const program = { name: "hello", module: "example.invalid/hello", versionVariable: "main.version" };
  const line = `
    const { buildGoProgram } = await import(${JSON.stringify(path.join(scripts, "go-program.ts"))});
    const said = [];
    const built = buildGoProgram(${JSON.stringify(root)}, ${JSON.stringify(program)}, (text) => said.push(text));
    process.stdout.write(JSON.stringify({ said, built }));`;
  return builtSchema.parse(evaluate(line, environment));
}

const go = spawnSync("go", ["env", "GOCACHE"], { encoding: "utf8" });
const hasGo = go.error === undefined;
/** Our cache in the checkout, Go's own where it is. */
const cached = (root: string) => ({
  ...process.env,
  XDG_CACHE_HOME: path.join(root, "cache"),
  GOCACHE: go.stdout.trim(),
});

describe("a program that is built with Go", () => {
  test.skipIf(!hasGo)("is built once, and again when what decides it has changed", () => {
    const root = checkout();
    const environment = cached(root);
    const first = build(root, environment);
    expect(first).toMatchObject({
      said: ["hello: building 1.2.3 with Go, once"],
      built: { ok: true, version: "1.2.3" },
    });
    expect(spawnSync(first.built.file ?? "", { encoding: "utf8" }).stdout).toBe("1.2.3\n");
    expect(build(root, environment)).toEqual({ ...first, said: [] });
    appendFileSync(path.join(root, "tools/hello/go.mod"), "// changed\n");
    expect(build(root, environment).said).toHaveLength(1);
    expect(readdirSync(path.join(root, "cache/ai-sre"))).toHaveLength(2);
  });

  test.skipIf(!hasGo)("leaves nothing behind when it does not compile", () => {
    const root = checkout();
    appendFileSync(path.join(root, "tools/hello/source/main.go"), "func broken( {\n");
    const { built } = build(root, cached(root));
    expect(built).toMatchObject({
      ok: false,
      why: expect.stringMatching(/^Go could not build 1\.2\.3: .*syntax error/),
    });
    const left = readdirSync(path.join(root, "cache"), { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile())).toEqual([]);
  });

  test("is missed in one line where there is no Go", () => {
    const { built, said } = build(checkout(), { PATH: "/nonexistent" });
    expect({ built, said }).toEqual({ built: { ok: false, why: "Go is not installed" }, said: [] });
  });
});

describe("a program out of a Debian package", () => {
  const unpack = (bin: string): unknown =>
    evaluate(
      `
      const { unpackPrograms } = await import(${JSON.stringify(path.join(scripts, "debian-programs.ts"))});
      const why = unpackPrograms({ name: "gawk", programs: ["gawk"] }, ${JSON.stringify(bin)});
      process.stdout.write(JSON.stringify({ why }));`,
      { PATH: "/nonexistent" },
    );

  test("is missed in one line where there is no apt", () => {
    const bin = path.join(scratch(), "bin");
    expect(unpack(bin)).toEqual({ why: expect.stringMatching(/apt-get.*ENOENT/) });
    expect(existsSync(bin)).toBe(false);
  });

  test("is taken as it is when it is there", () => {
    const bin = scratch();
    writeFileSync(path.join(bin, "gawk"), "");
    expect(unpack(bin)).toEqual({});
  });
});
