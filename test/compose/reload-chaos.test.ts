// Hundreds of good, bad, half-written and swapped bundles while calls run: each call is judged by one policy, wholly, and
// the last good one is in force. AISRE_RELOAD_WRITES sets how many, AISRE_RELOAD_SEED repeats a run. What a command would do is
// played, because this is about what is decided.
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it, onTestFinished } from "vitest";
import { keepPolicy, openFirstPolicy } from "../../src/compose/live-policy.ts";
import type { Outcome } from "../../src/domain/outcome.ts";
import { createGate } from "../../src/gate.ts";
import { never, openGate, toCall } from "../gate/setup.ts";
import { eventually } from "../helpers/door.ts";
import { buildFolder, rebuildFile } from "../policy/setup.ts";
import { scratchFolder, writeBundle } from "../policy/bundles.ts";

const writes = Number(process.env["AISRE_RELOAD_WRITES"] ?? 40);
const seed = Number(process.env["AISRE_RELOAD_SEED"] ?? 1);
const callsPerSecond = 50;
const timeoutMs = 120_000 + writes * 15_000;

/** Mulberry32: small, and the same everywhere. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Site data of version n: where a command works without a word, and all that it may see. Half of it allows nothing. */
const siteOf = (version: number) => ({ default_namespace: `v-${version}`, namespaces: [`v-${version}`] });

/** What is done to a folder; whether what lies there afterwards is good. */
const good: Readonly<Record<string, (folder: string, version: number) => Promise<void>>> = {
  "written in place": async (folder, version) => writeBundle(folder, siteOf(version)),
  "written file by file": async (folder, version) => {
    const aside = path.join(scratch(folder), "aside");
    writeBundle(aside, siteOf(version));
    for (const name of ["data.json", "policy.wasm", "manifest.json"]) {
      await sleep(30);
      cpSync(path.join(aside, name), path.join(folder, name));
    }
  },
  swapped: async (folder, version) => {
    const aside = path.join(scratch(folder), `next-${version}`);
    writeBundle(aside, siteOf(version));
    renameSync(folder, path.join(scratch(folder), `old-${version}`));
    renameSync(aside, folder);
    rmSync(path.join(scratch(folder), `old-${version}`), { recursive: true });
  },
};
const bad: typeof good = {
  "a module cut short": async (folder) => {
    const wasm = readFileSync(path.join(buildFolder, "policy.wasm"));
    writeFileSync(path.join(folder, "policy.wasm"), wasm.subarray(0, 1000));
  },
  "data of another version, and half of it": async (folder, version) =>
    writeFileSync(path.join(folder, "data.json"), JSON.stringify({ site: siteOf(version) }).slice(0, -9)),
  "no manifest": async (folder) => rmSync(path.join(folder, "manifest.json"), { force: true }),
  "no such folder": async (folder) => rmSync(folder, { recursive: true, force: true }),
  "site data of no schema": async (folder, version) => writeBundle(folder, { ...siteOf(version), mode: "fine" }),
  "a policy that allows nothing": async (folder, version) => {
    writeBundle(folder, siteOf(version));
    rebuildFile(folder, "data.json", JSON.stringify({ site: {} }));
  },
};

const scratch = (folder: string): string => path.dirname(folder);

describe("a policy that changes while calls run", () => {
  it(`judges each call by one version through ${writes} writes (seed ${seed})`, { timeout: timeoutMs }, async () => {
    const next = random(seed);
    const pick = <T>(items: readonly T[]): T => {
      const item = items[Math.floor(next() * items.length)];
      if (item === undefined) throw new RangeError("nothing to pick");
      return item;
    };
    const folder = path.join(scratchFolder(), "bundle");
    writeBundle(folder, siteOf(0));
    const { ports } = openGate({ slots: { maxConcurrency: 64, maxQueue: 64 } });
    const surroundings = { clock: ports.clock };
    const config = { folder, environmentLayer: {} };
    const collected = { made: 0, gone: 0 };
    const registry = new FinalizationRegistry(() => (collected.gone += 1));
    const versions = new Map<string, string>();
    const note = (): void => {
      const { policy } = live.current;
      if (versions.has(policy.revision)) return;
      versions.set(policy.revision, policy.siteData.default_namespace);
      collected.made += 1;
      registry.register(policy, undefined);
    };
    const live = keepPolicy({
      config,
      surroundings,
      first: await openFirstPolicy(config, surroundings),
      audit: ports.audit,
      onReload: note,
      times: { settleMs: 40, pollMs: 200 },
    });
    onTestFinished(() => live.close());
    note();
    const gate = createGate({
      ...ports,
      execution: { ...ports.execution, run: async () => play(next() * 60) },
      get policy() {
        return live.current.policy;
      },
      get settings() {
        return live.current.settings;
      },
    });

    const outcomes: Outcome[] = [];
    let calls = 0;
    const pending = new Set<Promise<unknown>>();
    const timer = setInterval(() => {
      calls += 1;
      const command = pick(["kubectl get pods", "kubectl get pods -o wide | grep web | sort"]);
      const call = toCall("cli_tool", { command, fresh: true }, { callId: `call-${calls}` });
      const asked = gate.call(call, never()).then((outcome) => outcomes.push(outcome));
      pending.add(asked);
      void asked.finally(() => pending.delete(asked)).catch(() => {});
    }, 1000 / callsPerSecond);
    onTestFinished(() => clearInterval(timer));

    let inForce = 0;
    /** What may be in force: since the last good one was seen there, a trial that took its time may bring any that was good. */
    let possible = new Set(["v-0"]);
    for (let version = 1; version <= writes;) {
      // A burst, of which the last stays.
      let isGood = false;
      for (let left = 1 + Math.floor(next() * 4); left > 0 && version <= writes; left -= 1, version += 1) {
        isGood = next() < 0.6;
        const [, write] = pick(Object.entries(isGood ? good : bad));
        mkdirSync(folder, { recursive: true });
        await write(folder, version);
        if (isGood) possible.add(`v-${version}`);
        if (isGood) inForce = version;
        await sleep(next() * 200);
      }
      const current = (): string => live.current.policy.siteData.default_namespace;
      if (isGood)
        await settled(() => current() === `v-${inForce}` && live.refusal === undefined, `v-${inForce} in force`);
      else await settled(() => live.refusal !== undefined, "the refusal");
      expect([...possible]).toContain(current());
      if (isGood) possible = new Set([current()]);
      inForce = Number(current().slice(2));
    }
    clearInterval(timer);
    await Promise.all(pending);

    // No call without a decision, and none by a mixture: the namespace that it was read in is the one that it was judged by.
    expect(outcomes).toHaveLength(calls);
    expect(calls).toBeGreaterThan(writes);
    const mixed = outcomes.filter(({ decision, steps }) => {
      const namespace = versions.get(decision.policyRevision);
      return decision.effect !== "allow" || !JSON.stringify(steps).includes(`--namespace=${namespace}"`);
    });
    expect(mixed).toEqual([]);
    expect(versions.size).toBeGreaterThan(writes / 8);

    // What was replaced is gone, with its module's memory.
    await eventually(() => {
      collectGarbage();
      return collected.gone >= collected.made - 2;
    }, `${collected.made} policies were made, and all but the last are collected`);
  });
});

async function settled(holds: () => boolean, what: string): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) {
    try {
      return await eventually(holds, what);
    } catch (error) {
      if (turn === 7) throw error;
    }
  }
}

async function play(ms: number) {
  await sleep(ms);
  const stages = [{ argv: ["kubectl"], exitCode: 0, startedAtMs: 0, durationMs: ms, truncated: false, answered: true }];
  return { ended: "exited", stages, stdout: "", stderr: "", truncated: false, redactions: {}, durationMs: ms } as const;
}

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}
