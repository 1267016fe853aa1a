// `ai-sre policy build`, `test`, `lint` and `docs` over a reviewer's own folder. Those that need opa count as skipped without.
import { spawn, spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { builtTool, opaTool } from "../../scripts/policy-tools.ts";
import { root, runCli } from "./run-cli.ts";

const opa = builtTool(root, opaTool);
const kubectl = "aisre/kubectl/kubectl.rego";

/** A reviewer's copy; `edits` are text → text of one file. */
function mine(file: string = kubectl, ...edits: readonly (readonly [string, string])[]): string {
  const folder = path.join(mkdtempSync(path.join(tmpdir(), "aisre-mine-")), "mine");
  onTestFinished(() => rmSync(path.dirname(folder), { recursive: true }));
  cpSync(path.join(root, "policies"), folder, { recursive: true });
  edit(folder, file, ...edits);
  return folder;
}

function edit(folder: string, file: string, ...edits: readonly (readonly [string, string])[]): void {
  const place = path.join(folder, file);
  const text = edits.reduce(
    (sum, [from, to]) => {
      if (!sum.includes(from)) throw new Error(`${file} does not hold ${from}`);
      return sum.replace(from, to);
    },
    readFileSync(place, "utf8"),
  );
  writeFileSync(place, text);
}

const lineOf = (folder: string, file: string, text: string): number =>
  readFileSync(path.join(folder, file), "utf8")
    .split("\n")
    .findIndex((line) => line.includes(text)) + 1;

const policy = (...parameters: readonly string[]) => runCli(["policy", ...parameters]);

describe.skipIf(opa === undefined)("policy build", { timeout: 180_000 }, () => {
  it("makes of the same sources the same bundle, byte for byte, wherever they lie", () => {
    const folder = mine();
    const out = path.join(path.dirname(folder), "bundle");
    const { status, stdout } = policy("build", "--policies", folder, "--out", out, "--json");
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, folder: out, problems: [] });
    for (const name of ["policy.wasm", "data.json", "annotations.json", "cases.json"]) {
      expect(readFileSync(path.join(out, name)).equals(readFileSync(path.join(root, "policies/build", name)))).toBe(
        true,
      );
    }
  });

  it.each([
    ["a line that is no Rego", [["\t_reads\n", "\t_reads foo bar\n"]], "_reads foo bar", "this is no Rego"],
    [
      "a fact that the input does not have",
      [["\t_reads\n", '\tinput.command.binry == "x"\n']],
      "binry",
      "undefined ref: input.command.binry",
    ],
    ["an id that is taken", [["#   id: kubectl/restart", "#   id: kubectl/read"]], "", "kubectl/read is taken twice"],
  ] as const)("names file and line of %s, and leaves what was built", (_what, edits, text, said) => {
    const folder = mine(kubectl, ...edits);
    const before = readFileSync(path.join(folder, "build/manifest.json"), "utf8");
    const { status, stdout } = policy("build", "--policies", folder);
    expect(status).toBe(1);
    expect(stdout).toContain(said);
    expect(stdout).toContain(text === "" ? "METADATA: " : `${kubectl}:${lineOf(folder, kubectl, text)}: `);
    expect(readFileSync(path.join(folder, "build/manifest.json"), "utf8")).toBe(before);
  });

  it("refuses a policy that reads Secrets: it is proved before it replaces anything", () => {
    const folder = mine("aisre/authz/authz.rego", ["some reason in kubectl.deny", "some reason in set()"]);
    appendFileSync(
      path.join(folder, kubectl),
      "\n# METADATA\n# title: All\n# description: All of it.\n# custom:\n#   id: kubectl/all\n#   severity: low\n#   examples: {not_match: [[jq, .]]}\nallow contains rego.metadata.rule().custom.id if input.command\n",
    );
    const { status, stdout } = policy("build", "--policies", folder);
    expect({ status, stdout }).toEqual({
      status: 1,
      stdout:
        "policy.wasm: was built and does not judge as every policy must: kubectl get secrets by an operator must be deny, but was allow\n",
    });
  });
});

describe.skipIf(opa === undefined)("policy test", { timeout: 180_000 }, () => {
  it("tells a case and an example that are decided otherwise, with their places, and rules that no case fires", () => {
    const folder = mine(
      kubectl,
      ['"Secrets are never read"', '"Secrets stay shut"'],
      ["#       - [kubectl, get, po, -ndefault]", "#       - [kubectl, get, secrets]"],
    );
    appendFileSync(
      path.join(folder, "aisre/jq/jq.rego"),
      '\n# METADATA\n# title: Extra\n# description: It never speaks.\n# custom:\n#   id: jq/extra\n#   severity: low\n#   examples: {not_match: [[jq, .]]}\ndeny contains {"rule": rego.metadata.rule().custom.id, "message": "x", "try": "y"} if input.command.binary == "none"\n',
    );
    const { status, stdout } = policy("test", "--policies", folder, "--tables");
    expect(status).toBe(1);
    expect(stdout).toContain(
      `cases/kubectl.json:${lineOf(folder, "cases/kubectl.json", '"name": "get secrets"')}: "kubectl: get secrets" is decided otherwise`,
    );
    expect(stdout).toContain('got  reasons [{"message":"Secrets stay shut"');
    expect(stdout).toContain(
      `${kubectl}:${lineOf(folder, kubectl, "id: kubectl/read")}: kubectl/read does not speak about its match example`,
    );
    expect(stdout).toContain(
      `aisre/jq/jq.rego:${lineOf(folder, "aisre/jq/jq.rego", "id: jq/extra")}: no case fires jq/extra`,
    );
  });

  it("names a table that is not one", () => {
    const folder = mine("cases/jq.json", ['"name":', '"nam":']);
    const { status, stdout } = policy("test", "--policies", folder, "--tables", "--json");
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, problems: [{ file: "cases/jq.json" }] });
  });

  it("runs opa's own tests with coverage, and says which fail", () => {
    const folder = mine();
    // A few packages: opa takes half a minute for all of them.
    rmSync(path.join(folder, "aisre/authz/authz_test.rego"));
    for (const name of ["curl", "flux", "gh", "git", "guard", "helm", "kubectl", "obligation"])
      rmSync(path.join(folder, `aisre/${name}/${name}_test.rego`));
    const passed = policy("test", "--policies", folder, "--json");
    expect(JSON.parse(passed.stdout)).toMatchObject({ ok: true, rego: { failures: [], coverage: expect.any(Number) } });
    expect(JSON.parse(policy("test", "--policies", folder, "--json", "--min-coverage", "100").stdout)).toMatchObject({
      ok: false,
    });
    edit(folder, "aisre/principal/principal_test.rego", ['"guest": {"health_check"}', '"guest": set()']);
    const failed = policy("test", "--policies", folder);
    expect(failed.status).toBe(1);
    expect(failed.stdout).toMatch(
      /aisre\/principal\/principal_test\.rego:\d+: test_a_role_sees_its_tools fails for "guest"/,
    );
  });
});

describe.skipIf(opa === undefined)("policy lint", { timeout: 180_000 }, () => {
  it("finds nothing in ours", () => {
    const { status, stdout } = policy("lint", "--json");
    expect(JSON.parse(stdout).problems).toEqual([]);
    expect(status).toBe(0);
  });

  it("names what is not formatted, not compiled, and against the rules of the house", () => {
    const folder = mine(kubectl, [
      "default _reads := false",
      'default _reads   := false\n\n_bad if regex.match(input.x, "y")',
    ]);
    mkdirSync(path.join(folder, "acme"));
    writeFileSync(path.join(folder, "acme/a.rego"), "package acme\n");
    const { status, stdout } = policy("lint", "--policies", folder);
    expect(status).toBe(1);
    expect(stdout).toContain(`${kubectl}: is not as \`opa fmt --write\` formats it [format]`);
    expect(stdout).toContain(
      `${kubectl}:${lineOf(folder, kubectl, "_bad if")}: the pattern input.x is made of input or data`,
    );
    expect(stdout).toContain("acme/a.rego: is not compiled");
  });
});

describe.skipIf(opa === undefined)("--watch", { timeout: 180_000 }, () => {
  it("builds again when a source changes, and ends at an interrupt", async () => {
    const folder = mine();
    const child = spawn(
      process.execPath,
      [path.join(root, "src/main.ts"), "policy", "build", "--policies", folder, "--watch"],
      {
        env: { PATH: process.env["PATH"] ?? "" },
      },
    );
    onTestFinished(() => void child.kill("SIGKILL"));
    let said = "";
    child.stdout.on("data", (data: Buffer) => (said += data.toString("utf8")));
    child.stderr.on("data", (data: Buffer) => (said += data.toString("utf8")));
    const heard = async (text: string): Promise<void> => {
      while (!said.includes(text)) await new Promise((resolve) => setTimeout(resolve, 50));
      said = "";
    };
    await heard("watching");
    edit(folder, kubectl, ["\t_reads\n", "\t_reads foo bar\n"]);
    await heard("this is no Rego");
    edit(folder, kubectl, ["\t_reads foo bar\n", "\t_reads\n"]);
    await heard("built folder=");
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGINT");
    expect(await ended).toBe(0);
  });
});

describe("without opa", { timeout: 180_000 }, () => {
  /** The checkout as it is before anything was installed into it but packages. */
  function freshCheckout(): string {
    const folder = mkdtempSync(path.join(tmpdir(), "aisre-checkout-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    for (const name of ["src", "policies", "package.json"]) {
      cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
    }
    symlinkSync(path.join(root, "node_modules"), path.join(folder, "node_modules"));
    return folder;
  }

  it("a build says how to get it; the last build is tested, and an edit since is no pass", () => {
    const checkout = freshCheckout();
    const run = (name: string) =>
      spawnSync(process.execPath, [path.join(checkout, "src/main.ts"), "policy", name], {
        env: { PATH: "/nonexistent" },
        encoding: "utf8",
      });
    expect(run("build")).toMatchObject({ status: 2, stderr: expect.stringContaining("make policy") });
    expect(run("test")).toMatchObject({ status: 0, stdout: expect.stringContaining("the last build was tested") });
    edit(path.join(checkout, "policies"), kubectl, ["Secrets are never", "Secrets stay"]);
    expect(run("test")).toMatchObject({ status: 1, stdout: expect.stringContaining(`not as built: ${kubectl}`) });
  });
});

describe("policy docs", { timeout: 180_000 }, () => {
  it("prints the page that stands in docs/", () => {
    const { status, stdout } = policy("docs");
    expect(status).toBe(0);
    expect(stdout).toBe(readFileSync(path.join(root, "docs/policies.md"), "utf8"));
  });
});
