// What is understood twice is the same plan: only under the same settings, and never from another draft.
import { describe, expect, it } from "vitest";
import { understand } from "../../src/command/understand.ts";
import type { Draft } from "../../src/domain/command.ts";

const settings = (defaultNamespace = "default") => ({ defaultNamespace, fluxNamespace: "flux-system", kinds: [] });
const draft = (commandLine: string, more: Partial<Draft> = {}): Draft => ({
  action: "command",
  steps: [{ commandLine }],
  ...more,
});

describe("a plan that is remembered", () => {
  it("is the very same object for an equal draft", () => {
    const site = settings();
    const first = understand(draft("kubectl get pods"), site);
    expect(understand(draft("kubectl get pods"), site)).toBe(first);
    expect(understand(draft("kubectl get pods"), settings())).not.toBe(first);
    expect(understand(draft("kubectl get pods"), settings())).toEqual(first);
  });

  it.each<readonly [string, Draft]>([
    ["another spelling", draft("kubectl  get pods")],
    ["a reason", draft("kubectl get pods", { reason: "why" })],
    ["a limit", draft("kubectl get pods", { timeoutMs: 5 })],
    ["a dry run", draft("kubectl get pods", { dryRun: true })],
    ["a wish for a fresh one", draft("kubectl get pods", { fresh: true })],
    ["standard input", { action: "command", steps: [{ commandLine: "kubectl get pods", stdin: "" }] }],
    [
      "a second step",
      { action: "command", steps: [{ commandLine: "kubectl get pods" }, { commandLine: "kubectl version" }] },
    ],
  ])("is another one with %s", (_name, other) => {
    const site = settings();
    expect(understand(other, site)).not.toBe(understand(draft("kubectl get pods"), site));
  });

  it("is forgotten when many others came after it", () => {
    const site = settings();
    const first = understand(draft("kubectl get pods"), site);
    for (let at = 0; at < 200; at += 1) understand(draft(`kubectl get pods web-${at}`), site);
    const again = understand(draft("kubectl get pods"), site);
    expect(again).not.toBe(first);
    expect(again).toEqual(first);
  });
});
