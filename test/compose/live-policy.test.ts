// The policy in force follows its files, and only what was proved comes into force.
import { rmSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { keepPolicy, openFirstPolicy, type LivePolicy, type Reload } from "../../src/compose/live-policy.ts";
import type { PolicyConfig } from "../../src/compose/policy.ts";
import type { AuditEvent } from "../../src/domain/ports.ts";
import { eventually } from "../helpers/door.ts";
import { rebuildFile } from "../policy/setup.ts";
import { createMount, scratchFolder, writeBundle, writeScriptedBundle } from "../policy/bundles.ts";

const clock = { now: () => Date.UTC(2026, 0, 1, 12), monotonic: () => performance.now() };

interface Kept {
  readonly live: LivePolicy;
  readonly reloads: readonly Reload[];
  readonly events: readonly AuditEvent[];
  readonly mode: () => string;
  /** Resolves when so many looks have come to an end. */
  readonly looked: (count: number) => Promise<Reload>;
}

async function keep(config: PolicyConfig, trialMs?: number): Promise<Kept> {
  const reloads: Reload[] = [];
  const events: AuditEvent[] = [];
  const live = keepPolicy({
    config,
    surroundings: { clock },
    first: await openFirstPolicy(config, { clock }),
    audit: { append: async (event) => void events.push(event) },
    onReload: (reload) => reloads.push(reload),
    times: { settleMs: 50, pollMs: 200, ...(trialMs === undefined ? {} : { trialMs }) },
  });
  onTestFinished(() => live.close());
  const looked = async (count: number): Promise<Reload> => {
    await eventually(() => reloads.length >= count, `${count} looks`);
    const last = reloads.at(-1);
    if (last === undefined) throw new Error("no look");
    return last;
  };
  return { live, reloads, events, looked, mode: () => live.current.policy.siteData.mode };
}

const folderWith = (site: Readonly<Record<string, unknown>> = {}): string => {
  const folder = path.join(scratchFolder(), "bundle");
  writeBundle(folder, site);
  return folder;
};

describe("the policy in force", () => {
  it("follows its folder, in one step, and whoever holds the old one keeps it", async () => {
    const folder = folderWith();
    const { live, looked, events, mode } = await keep({ folder, environmentLayer: {} });
    const before = live.current;
    writeBundle(folder, { mode: "frozen" });
    expect(await looked(1)).toMatchObject({ result: "replaced", from: before.policy.revision });
    expect([mode(), before.policy.siteData.mode]).toEqual(["frozen", "normal"]);
    expect(live.current.policy.revision).not.toBe(before.policy.revision);
    expect(events).toEqual([
      {
        kind: "reload",
        policyRevision: live.current.policy.revision,
        details: { what: "policy", result: "replaced", from: before.policy.revision, mode: "frozen" },
      },
    ]);
  });

  it("follows site data, and its settings with it", async () => {
    const dataPath = path.join(scratchFolder(), "site.yaml");
    writeFileSync(dataPath, "mode: normal\n");
    const { live, looked, mode } = await keep({ folder: folderWith(), dataPath, environmentLayer: {} });
    writeFileSync(dataPath, "mode: read_only\ndefault_namespace: shop\nnamespaces: [shop]\n");
    await looked(1);
    expect(mode()).toBe("read_only");
    expect(live.current.settings.defaultNamespace).toBe("shop");
  });

  it("follows the swap of a mounted ConfigMap", async () => {
    const mount = createMount();
    mount.swap((folder) => writeBundle(folder));
    const { looked, mode } = await keep({ folder: mount.folder, environmentLayer: {} });
    mount.swap((folder) => writeBundle(folder, { mode: "frozen" }));
    await looked(1);
    expect(mode()).toBe("frozen");
  });

  it("follows a folder that another one is moved to", async () => {
    const folder = folderWith();
    const { looked, mode } = await keep({ folder, environmentLayer: {} });
    rmSync(folder, { recursive: true });
    writeBundle(folder, { mode: "frozen" });
    expect((await looked(1)).result).not.toBe("unchanged");
    await eventually(() => mode() === "frozen", "the new folder is in force");
  });

  it("stays when the new one is bad, says why, and is tried again when it changes", async () => {
    const folder = folderWith();
    const { live, looked, events, mode } = await keep({ folder, environmentLayer: {} });
    const { revision } = live.current.policy;
    truncateSync(path.join(folder, "policy.wasm"), 1000);
    expect(await looked(1)).toMatchObject({
      result: "refused",
      revision,
      why: expect.stringContaining("policy.wasm: is not the file"),
    });
    expect(live.refusal).toContain("policy.wasm");
    expect(events.at(-1)).toMatchObject({ kind: "reload", policyRevision: revision, details: { result: "refused" } });
    writeBundle(folder, { mode: "read_only" });
    await looked(2);
    expect([mode(), live.refusal]).toEqual(["read_only", undefined]);
  });

  it("is itself again when what was bad is put back", async () => {
    const folder = folderWith();
    const { live, looked } = await keep({ folder, environmentLayer: {} });
    rmSync(path.join(folder, "data.json"));
    await looked(1);
    expect(live.refusal).toContain("data.json");
    writeBundle(folder);
    expect((await looked(2)).result).toBe("unchanged");
    expect(live.refusal).toBeUndefined();
  });

  it("stays when site data is no site data, or is gone", async () => {
    const dataPath = path.join(scratchFolder(), "site.yaml");
    writeFileSync(dataPath, "mode: read_only\n");
    const config = { folder: folderWith(), dataPath, dataFile: "mode: read_only\n", environmentLayer: {} };
    const { live, looked, mode } = await keep(config);
    writeFileSync(dataPath, "mood: normal\n");
    expect((await looked(1)).why).toContain('unknown key "mood"; did you mean mode?');
    rmSync(dataPath);
    expect((await looked(2)).why).toContain("AISRE_POLICY_DATA: cannot read");
    expect([mode(), live.current.policy.siteData.mode]).toEqual(["read_only", "read_only"]);
  });

  it("looks when it is told to, though nothing has changed", async () => {
    const { live, looked } = await keep({ folder: folderWith(), environmentLayer: {} });
    live.reload();
    expect((await looked(1)).result).toBe("unchanged");
  });

  it("stays when the change cannot be recorded", async () => {
    const folder = folderWith();
    const reloads: Reload[] = [];
    const live = keepPolicy({
      config: { folder, environmentLayer: {} },
      surroundings: { clock },
      first: await openFirstPolicy({ folder, environmentLayer: {} }, { clock }),
      audit: { append: () => Promise.reject(new Error("the disk is full")) },
      onReload: (reload) => reloads.push(reload),
      times: { settleMs: 50, pollMs: 200 },
    });
    onTestFinished(() => live.close());
    writeBundle(folder, { mode: "frozen" });
    await eventually(() => reloads.length > 0, "a look");
    expect(reloads[0]).toMatchObject({ result: "refused", why: "the disk is full" });
    expect(live.current.policy.siteData.mode).toBe("normal");
  });
});

describe("a policy that must not come into force", () => {
  it("is one that hangs", async () => {
    const folder = folderWith();
    const { looked, mode } = await keep({ folder, environmentLayer: {} }, 8000);
    writeScriptedBundle(folder, "hangs", 400);
    expect((await looked(1)).why).toBe("it did not come to an end within 8000 ms");
    expect(mode()).toBe("normal");
  });

  it("is one that grows", async () => {
    const folder = folderWith();
    const { looked, mode } = await keep({ folder, environmentLayer: {} });
    writeScriptedBundle(folder, "grows", 2000);
    expect((await looked(1)).why).toContain('case "grows" is not decided as its table wants: no answer (throw)');
    expect(mode()).toBe("normal");
  });

  it("is one whose own cases fail, at the start too", async () => {
    const folder = folderWith();
    writeBundle(folder, { namespaces: ["default", "kube-system"] }, true);
    await expect(openFirstPolicy({ folder, environmentLayer: {} }, { clock })).rejects.toMatchObject({
      code: "policy_missing",
      message: expect.stringMatching(/^case ".*" is not decided as its table wants/),
    });
  });

  it("is one whose examples its rules do not speak of", async () => {
    const folder = folderWith();
    writeBundle(folder, {}, true);
    const rule = { id: "kubectl/read", examples: { match: [["kubectl", "get", "secrets"]], not_match: [] } };
    rebuildFile(folder, "annotations.json", JSON.stringify({ rules: [rule] }));
    await expect(openFirstPolicy({ folder, environmentLayer: {} }, { clock })).rejects.toThrow(
      'rule kubectl/read is wrong about its example {"argv":["kubectl","get","secrets"]} (match)',
    );
  });

  it("starts when all of its own cases and examples hold", async () => {
    const folder = folderWith();
    writeBundle(folder, {}, true);
    const first = await openFirstPolicy({ folder, environmentLayer: {} }, { clock });
    expect(first.provedSha256).toMatch(/^[0-9a-f]{64}$/);
  });
});
