// What `make build|run|logs` ask of the engine. The engine is a stand-in that writes down how it was called: the real one, and the
// image in it, are tested by `make image-test`.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const script = path.join(root, "image/run.ts");

function standIn(answers = "exit 0"): {
  readonly engine: string;
  readonly folder: string;
  readonly calls: () => string;
} {
  const folder = mkdtempSync(path.join(tmpdir(), "aisre-engine-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const engine = path.join(folder, "engine");
  writeFileSync(engine, `#!/bin/sh\necho "$@" >> ${folder}/calls\nenv > ${folder}/environment\n${answers}\n`);
  chmodSync(engine, 0o755);
  return { engine, folder, calls: () => readFileSync(path.join(folder, "calls"), "utf8") };
}

/** Nothing of this process' own environment reaches the script but where programs are. */
const start = (file: string, words: readonly string[], environment: Readonly<Record<string, string>>) =>
  spawnSync(process.execPath, [file, ...words], {
    cwd: root,
    encoding: "utf8",
    env: { PATH: process.env["PATH"] ?? "", XDG_CACHE_HOME: path.dirname(environment["ENGINE"] ?? ""), ...environment },
  });

describe("the image's targets", () => {
  it.each([
    ["image/build.ts", []],
    ["image/run.ts", ["run"]],
    ["image/run.ts", ["logs"]],
    ["image/run.ts", ["shell"]],
  ])("%s %j says what is missing where no engine answers", (file, words) => {
    const run = start(path.join(root, file), words, { ENGINE: standIn("exit 1").engine });
    expect({ status: run.status, stderr: run.stderr, stdout: run.stdout }).toEqual({
      status: 1,
      stderr: "image: neither docker, podman nor nerdctl answers: start one, or install podman and runc\n",
      stdout: "",
    });
  });

  it("run makes a key when there is none, says it once, and keeps it out of every command line", () => {
    const { engine, folder, calls } = standIn();
    const { stdout, status } = start(script, ["run"], { ENGINE: engine });
    const [key, ...others] = stdout.match(/[0-9a-f]{48}/g) ?? [];
    expect([status, others]).toEqual([0, []]);
    expect(calls()).not.toContain(key);
    expect(calls()).toMatch(/--env MCP_API_KEY /);
    expect(readFileSync(path.join(folder, "environment"), "utf8")).toContain(`MCP_API_KEY=${key}`);
  });

  it("run takes the key that is set, and gives the container what a restricted pod has", () => {
    const { engine, calls } = standIn();
    const { stdout } = start(script, ["run"], {
      ENGINE: engine,
      MCP_API_KEY: "set-before-0123456789",
      LOG_LEVEL: "warn",
    });
    expect(stdout).not.toContain("MCP_API_KEY");
    const run = calls()
      .split("\n")
      .find((call) => call.startsWith("run "));
    for (const words of ["--read-only", "--cap-drop all", "no-new-privileges", "--tmpfs /tmp", "--env LOG_LEVEL "])
      expect(run).toContain(words);
    expect(run).toContain("--env MCP_SERVER_HOST=127.0.0.1 ");
    expect(run).not.toContain("set-before");
  });

  it("run gives the container copies of the files that variables name, for its user alone", () => {
    const { engine, folder, calls } = standIn();
    const kubeconfig = path.join(folder, "kubeconfig");
    writeFileSync(kubeconfig, "apiVersion: v1\n", { mode: 0o600 });
    start(script, ["run"], { ENGINE: engine, MCP_API_KEY: "set-before-0123456789", KUBECONFIG: kubeconfig });
    expect(calls()).toMatch(
      /--volume \S+\/kubeconfig:\/etc\/ai-sre\/kubeconfig:ro --env KUBECONFIG=\/etc\/ai-sre\/kubeconfig/,
    );
    expect(calls()).not.toContain(kubeconfig);
  });

  it("run says that there is no image yet", () => {
    const run = start(script, ["run"], { ENGINE: standIn('[ "$1" = info ]').engine });
    expect(run.stderr).toMatch(/^image: there is no ai-sre:\S+: `make build`\n$/);
  });
});
