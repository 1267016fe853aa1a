// A bundle is used only when every byte is what its manifest lists and it decides as every policy must.
import { readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { StartError } from "../../src/errors.ts";
import { loadBundle } from "../../src/policy/bundle.ts";
import { buildFolder, copyBundle, rebuildFile, sha256, watchedPolicy } from "./setup.ts";

function refusal(folder: string): StartError {
  try {
    loadBundle(folder);
  } catch (error) {
    if (error instanceof StartError) return error;
    throw error;
  }
  throw new Error("the bundle was loaded");
}

describe("loading a policy bundle", () => {
  it("loads the committed one", () => {
    const { wasmSha256, data } = loadBundle(buildFolder);
    expect(wasmSha256).toBe(sha256(readFileSync(path.join(buildFolder, "policy.wasm"))));
    expect(data.site).toHaveProperty("mode", "normal");
  });

  it.each(["policy.wasm", "data.json", "annotations.json", "cases.json", "manifest.json"])(
    "names %s when it is missing, and what to do",
    (name) => {
      const folder = copyBundle();
      rmSync(path.join(folder, name));
      const { code, message } = refusal(folder);
      expect(code).toBe("policy_missing");
      expect(message).toContain(`${path.join(folder, name)}: cannot be read (ENOENT)`);
      expect(message).toContain("make policy");
    },
  );

  it("refuses a folder that does not exist", () => {
    expect(refusal("/does/not/exist").code).toBe("policy_missing");
  });

  it.each([0, 1, 1000])("refuses a module that was cut to %d bytes", (size) => {
    const folder = copyBundle();
    truncateSync(path.join(folder, "policy.wasm"), size);
    expect(refusal(folder).message).toContain("policy.wasm: is not the file that manifest.json lists");
  });

  it("refuses a module with one flipped bit, wherever it is", () => {
    const wasm = readFileSync(path.join(buildFolder, "policy.wasm"));
    for (let part = 0; part < 16; part += 1) {
      const folder = copyBundle();
      const flipped = Buffer.from(wasm);
      const at = Math.floor((wasm.length * (part + 0.5)) / 16);
      flipped.writeUInt8(flipped.readUInt8(at) ^ 1, at);
      writeFileSync(path.join(folder, "policy.wasm"), flipped);
      expect(refusal(folder).message).toContain("policy.wasm: is not the file that manifest.json lists");
    }
  });

  it("refuses data that was edited", () => {
    const folder = copyBundle();
    const text = readFileSync(path.join(folder, "data.json"), "utf8");
    writeFileSync(path.join(folder, "data.json"), text.replace('"normal"', '"frozen"'));
    expect(refusal(folder).message).toContain("data.json: is not the file");
  });

  it.each(["", "{", "[]", "{}", '{"outputs":{"policy.wasm":"short"}}', '{"outputs":{"../policy.wasm":"x"}}'])(
    "refuses the manifest %j",
    (text) => {
      const folder = copyBundle();
      writeFileSync(path.join(folder, "manifest.json"), text);
      expect(refusal(folder).message).toContain("manifest.json: is not the JSON");
    },
  );

  it("refuses a manifest that leaves the module out", () => {
    const folder = copyBundle();
    const hash = sha256(readFileSync(path.join(folder, "data.json")));
    writeFileSync(path.join(folder, "manifest.json"), JSON.stringify({ outputs: { "data.json": hash } }));
    expect(refusal(folder).message).toContain("manifest.json: lists no policy.wasm");
  });

  it("refuses a module that was built with another entrypoint", () => {
    const folder = copyBundle();
    const wasm = readFileSync(path.join(folder, "policy.wasm")).toString("latin1");
    const other = wasm.replaceAll("aisre/authz/decision", "aisre/authz/decided_");
    rebuildFile(folder, "policy.wasm", Buffer.from(other, "latin1"));
    expect(refusal(folder).message).toContain("policy.wasm: has no entrypoint aisre/authz/decision;");
  });

  it("refuses a module that no policy compiler made", () => {
    const folder = copyBundle();
    rebuildFile(folder, "policy.wasm", Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
    expect(refusal(folder).message).toContain("not a policy compiled by OPA");
  });

  it("refuses bytes that are no module at all", () => {
    const folder = copyBundle();
    rebuildFile(folder, "policy.wasm", "not wasm");
    expect(refusal(folder)).toMatchObject({ code: "policy_missing" });
  });

  it("refuses a well-built bundle that denies even health_check", () => {
    const folder = copyBundle();
    rebuildFile(folder, "data.json", JSON.stringify({ site: loadBundle(buildFolder).data.site }));
    expect(refusal(folder).message).toContain("health_check by an operator must be allow, but was deny");
  });
});

describe("the revision", () => {
  const bundle = loadBundle(buildFolder);

  it("is the same for the same policy and site data", () => {
    const [one, two] = [watchedPolicy(bundle), watchedPolicy(bundle)].map(({ policy }) => policy.revision);
    expect(one).toMatch(/^sha256:[0-9a-f]{32}$/);
    expect(two).toBe(one);
  });

  it("changes with site data", () => {
    expect(watchedPolicy(bundle, { mode: "read_only" }).policy.revision).not.toBe(
      watchedPolicy(bundle).policy.revision,
    );
  });

  it("changes with the module", () => {
    const other = { ...bundle, wasmSha256: sha256("another module") };
    expect(watchedPolicy(other).policy.revision).not.toBe(watchedPolicy(bundle).policy.revision);
  });
});
