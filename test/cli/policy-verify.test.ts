// `ai-sre policy verify` as a reviewer's script sees it: what it says, in words and as JSON, and its exit code.
import { spawnSync } from "node:child_process";
import { appendFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { composePolicy } from "../../src/compose/policy.ts";
import { scratchFolder, writeBundle } from "../policy/bundles.ts";
import { root } from "../policy/setup.ts";
import { createSigningKey, signBundle } from "../policy/signing.ts";

function verify(parameters: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const program = [path.join(root, "src/main.ts"), "policy", "verify", ...parameters];
  const { status, stdout, stderr } = spawnSync(process.execPath, program, { encoding: "utf8", env: environment });
  return { status, stdout, stderr };
}

describe("policy verify", () => {
  const key = createSigningKey();
  const open = async () => {
    const place = scratchFolder();
    const [folder, keyFile] = [path.join(place, "bundle"), path.join(place, "public.pem")];
    writeBundle(folder);
    writeFileSync(keyFile, key.publicPem);
    await signBundle(folder, "42", key);
    return { folder, keyFile, place };
  };

  it("says whose a bundle is, and what a server would name it with the same site data", async () => {
    const { folder, keyFile, place } = await open();
    const dataFile = "mode: read_only\n";
    writeFileSync(path.join(place, "site.yaml"), dataFile);
    const { policy } = composePolicy(
      { folder, dataFile, environmentLayer: {} },
      { clock: { now: () => 0, monotonic: () => 0 } },
    );
    const asked = [folder, "--key", keyFile, "--data", path.join(place, "site.yaml")];
    const inWords = verify(asked);
    expect(inWords).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(`policy revision   ${policy.revision}`),
    });
    expect(JSON.parse(verify([...asked, "--json"]).stdout)).toEqual({
      verified: true,
      folder,
      key_id: expect.stringMatching(/^[0-9a-f]{16}$/),
      bundle_revision: "42",
      policy_revision: policy.revision,
    });
  });

  it("takes folder and key from the environment, and holds the bundle to the revision that is named", async () => {
    const { folder, keyFile } = await open();
    const environment = { AISRE_POLICY: folder, AISRE_POLICY_PUBLIC_KEY: keyFile };
    expect(verify([], environment).status).toBe(0);
    const named = verify([], { ...environment, AISRE_POLICY_REVISION: "41" });
    expect(named).toMatchObject({ status: 1, stdout: expect.stringContaining("AISRE_POLICY_REVISION names 41") });
  });

  it("says no to what was changed since it was signed", async () => {
    const { folder, keyFile } = await open();
    appendFileSync(path.join(folder, "policy.wasm"), "x");
    const { status, stdout } = verify([folder, "--key", keyFile]);
    expect([status, stdout]).toEqual([
      1,
      expect.stringMatching(/^refused: .*policy\.wasm: is not the file that was signed/),
    ]);
    expect(JSON.parse(verify([folder, "--key", keyFile, "--json"]).stdout)).toMatchObject({ verified: false });
  });

  it("ends with 2 when it is asked wrongly", async () => {
    const { folder, keyFile, place } = await open();
    const wrong = [
      verify([folder]),
      verify([folder, "--key", path.join(place, "no.pem")]),
      verify([folder, "--key", path.join(folder, "data.json")]),
      verify([folder, "--key", keyFile, "--data", path.join(place, "no.yaml")]),
      verify([folder, "--nonsense"]),
    ];
    expect(wrong.map(({ status }) => status)).toEqual([2, 2, 2, 2, 2]);
    expect(wrong[0]?.stderr).toContain("give the public key");
  });
});
