// Commit, push and pull request as one call: the id that the commit will have stands as a reference until it is made.
import { describe, expect, it } from "vitest";
import { hasGit, openShop } from "./setup.ts";

const commit = (content = "replicas: 2\n", branch = "ai-sre/fix-1") => ({
  tool_name: "git_commit",
  arguments: { message: "fix: raise replicas", changes: [{ path: "apps/web.yaml", content }], branch },
});
const push = (id = "{{step.1.commit}}", branch = "ai-sre/fix-1") => ({
  tool_name: "git_push",
  arguments: { commit: id, branch },
});

describe.skipIf(!hasGit)("a batch of git", () => {
  it("commits, and pushes what it committed", async () => {
    const { ask, remote } = await openShop();
    const outcome = await ask("run_batch", { steps: [commit(), push()] });
    expect(outcome, JSON.stringify(outcome)).toMatchObject({
      code: "ok",
      results: [
        { tool: "git_commit", code: "ok" },
        { tool: "git_push", code: "ok" },
      ],
    });
    const made = outcome.results?.[0]?.commit ?? "";
    expect(outcome.commit).toBe(made);
    expect(remote.git("rev-parse", "refs/heads/ai-sre/fix-1")).toBe(made);
    // What ran names the object itself.
    expect(outcome.steps.at(-1)?.stages[0]?.argv.at(-1)).toBe(`${made}:refs/heads/ai-sre/fix-1`);
  });

  it("pushes HEAD as well, and what a second commit adds", async () => {
    const { ask, remote } = await openShop();
    const head = { tool_name: "cli_tool", arguments: { command: "git push origin HEAD:refs/heads/ai-sre/fix-2" } };
    const outcome = await ask("run_batch", {
      steps: [commit("replicas: 2\n"), commit("replicas: 4\n", "ai-sre/fix-2"), push("{{step.1.commit}}"), head],
    });
    expect(outcome, JSON.stringify(outcome)).toMatchObject({ code: "ok" });
    expect(remote.git("show", "ai-sre/fix-1:apps/web.yaml")).toBe("replicas: 2");
    expect(remote.git("show", "ai-sre/fix-2:apps/web.yaml")).toBe("replicas: 4");
  });

  it("is judged before anything is committed: a protected file, another branch, another object", async () => {
    const { ask, remote, records } = await openShop();
    const ci = {
      tool_name: "git_commit",
      arguments: { message: "x", changes: [{ path: ".github/workflows/a.yml", content: "x" }], branch: "ai-sre/x" },
    };
    for (const steps of [
      [ci, push("{{step.1.commit}}", "ai-sre/x")],
      [commit(), push("{{step.1.commit}}", "main")],
      [commit(), push("0123456789012345678901234567890123456789")],
      [commit(), push("{{step.2.commit}}")],
    ]) {
      const outcome = await ask("run_batch", { steps });
      expect(outcome.decision.effect, JSON.stringify(outcome)).toBe("deny");
      expect(outcome).not.toHaveProperty("results");
    }
    expect(remote.git("branch", "--list")).toBe("* main");
    expect(records().some(({ kind }) => kind === "intent")).toBe(false);
  });

  it("stops when the base has moved between its steps, and says what ran", async () => {
    let looks = 0;
    const { ask, remote } = await openShop({
      around: (real, origin) => ({
        ...real,
        observe: (plan, principal, signal) => {
          looks += 1;
          // The second look at the push: the commit is made, and somebody else is faster.
          if (looks === 3) origin.commit({ "apps/other.yaml": "x: 1\n" });
          return real.observe(plan, principal, signal);
        },
      }),
    });
    const outcome = await ask("run_batch", { steps: [commit(), push()] });
    expect(outcome, JSON.stringify(outcome)).toMatchObject({
      code: "state_changed",
      results: [
        { tool: "git_commit", code: "ok" },
        { tool: "git_push", code: "state_changed" },
      ],
    });
    expect(remote.git("branch", "--list")).toBe("* main");
  });
});
