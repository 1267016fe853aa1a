// A candidate beside the policy in force: what it would decide otherwise is counted and said, and whatever it does, calls are
// judged as if it were not there.
import { truncateSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { composePolicy } from "../../src/compose/policy.ts";
import { createShadow, type ShadowOptions } from "../../src/compose/shadow.ts";
import { withHints } from "../../src/gate/hints.ts";
import { judge } from "../../src/gate/judge.ts";
import { toCall } from "../gate/setup.ts";
import { eventually } from "../helpers/door.ts";
import { scratchFolder, writeBundle, writeScriptedBundle } from "../policy/bundles.ts";
import { serverQuestion } from "../policy/setup.ts";

const clock = { now: () => Date.UTC(2026, 0, 1, 12), monotonic: () => performance.now() };

/** A policy with a shadow of another one, both of the committed Rego with the given site data. */
function open(write: (folder: string) => void, times: NonNullable<ShadowOptions["times"]> = {}) {
  const [folder, shadowFolder] = ["real", "shadow"].map((name) => path.join(scratchFolder(), name));
  if (folder === undefined || shadowFolder === undefined) throw new Error("no folder");
  writeBundle(folder);
  write(shadowFolder);
  const counted: string[] = [];
  const logged: Readonly<Record<string, unknown>>[] = [];
  const log = (fields: unknown): void => void logged.push(Object(fields));
  const shadow = createShadow({
    config: { folder, shadowFolder, environmentLayer: {} },
    metrics: { shadowed: (...said) => void counted.push(said.join(" ")) },
    logger: { info: () => {}, warn: log, error: log },
    times: { settleMs: 50, pollMs: 200, ...times },
  });
  onTestFinished(() => shadow.close());
  const { policy, settings } = composePolicy(
    { folder, environmentLayer: {} },
    { clock, onDecided: (question, evaluation) => shadow.note(question, evaluation) },
  );
  const ask = (command: string) => judge(toCall("cli_tool", { command }, { callId: "call-7" }), policy, settings);
  const is = (state: string) => eventually(() => shadow.describe()["state"] === state, `the shadow is ${state}`);
  return { settings, ask, counted, logged, shadow, shadowFolder, policy, is };
}

describe("a shadow policy", () => {
  it("hears of the calls that were made, and of no form that a hint was tried with", async () => {
    const { ask, counted, policy, settings, is } = open((folder) => writeBundle(folder));
    await is("ready");
    const call = toCall("cli_tool", { command: "kubectl exec web -- id" });
    const hinted = withHints(judge(call, policy, settings), call, { policy, settings });
    expect(hinted).toMatchObject({ kind: "refused", reason: { try: "kubectl logs, kubectl describe" } });
    ask("kubectl get pods");
    await eventually(() => counted.length > 0, "what was asked is compared");
    expect(counted).toEqual(["agreed"]);
  });

  it("is counted and quoted where it would decide otherwise, and decides nothing", async () => {
    const site = { namespaces: ["default", "kube-system"], binaries: ["kubectl"] };
    const { ask, counted, logged, is } = open((folder) => writeBundle(folder, site));
    await is("ready");
    const judged = ["kubectl get pods", "kubectl get pods -n kube-system", "grep x"].map(ask);
    expect(judged.map((one) => one.kind === "judged" && one.decision.effect)).toEqual(["allow", "deny", "allow"]);
    await eventually(() => counted.length === 3, "all were compared");
    expect(counted).toEqual(["agreed", "disagreed newly_allowed", "disagreed newly_denied"]);
    expect(logged).toMatchObject([
      {
        call_id: "call-7",
        change: "newly_allowed",
        in_force: { effect: "deny", reasons: [{ rule: "kubectl/namespace" }] },
        shadow: { effect: "allow", rules: ["kubectl/read"] },
      },
      { change: "newly_denied", in_force: { effect: "allow" }, shadow: { reasons: [{ rule: "guard/binary" }] } },
    ]);
  });

  it("is told apart where it demands something else", async () => {
    const { ask, counted, is } = open((folder) => writeBundle(folder, { protected_namespaces: ["default"] }));
    await is("ready");
    ask("kubectl rollout restart deploy/web");
    await eventually(() => counted.length === 1, "it was compared");
    expect(counted).toEqual(["disagreed other_obligations"]);
  });

  it("that cannot be used is said, and is tried again when it changes", async () => {
    const { ask, logged, shadow, shadowFolder, counted, is } = open((folder) => {
      writeBundle(folder);
      truncateSync(path.join(folder, "policy.wasm"), 1000);
    });
    await is("failed");
    expect(logged[0]).toMatchObject({ why: expect.stringContaining("policy.wasm: is not the file") });
    expect(ask("kubectl get pods")).toMatchObject({ code: "ok" });
    writeBundle(shadowFolder);
    await is("ready");
    await eventually(() => counted.length === 1, "what waited was compared");
    expect(shadow.describe()["revision"]).toMatch(/^sha256:/);
  });

  it("that hangs is left alone for a while, and no call waits for it", async () => {
    const times = { answerMs: 500, restMs: 300 };
    const { policy, counted, logged, is } = open((folder) => writeScriptedBundle(folder, "hangs", 400), times);
    await is("ready");
    expect(policy.decide(serverQuestion("hangs")).decision.effect).toBe("deny");
    await eventually(() => counted.length > 0, "it was given up");
    expect(counted).toEqual(["fault"]);
    expect(logged.at(-1)).toMatchObject({ why: "it did not answer within 500 ms" });
    await is("ready");
  });

  it("that is not quick enough is asked about no more than can wait", async () => {
    const { ask, counted } = open((folder) => writeBundle(folder));
    for (let call = 0; call < 300; call += 1) ask(`kubectl get pods web-${call}`);
    expect(counted.filter((one) => one === "dropped")).toHaveLength(300 - 256);
    await eventually(() => counted.length === 300, "the others were compared");
  });
});
