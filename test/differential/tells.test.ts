// The comparison can fail: words that do something else than a model says are told from those that do it, for every binary.
import { describe, expect, it, onTestFinished } from "vitest";
import { locate } from "../command/installed.ts";
import { commandOf, type Words } from "../command/reading.ts";
import type { Adapter } from "./adapter.ts";
import { curl, startRecordingServer } from "./curl.ts";
import { flux } from "./flux.ts";
import { gh } from "./gh.ts";
import { git } from "./git.ts";
import { helm } from "./helm.ts";
import { kubectl } from "./kubectl.ts";
import { textTool } from "./text-tools.ts";

/** Asks whether what an argv does is told from what the model of `said` says. */
async function judge(adapter: Adapter, said: Words): Promise<(argv: readonly string[]) => Promise<boolean>> {
  const world = await adapter.open(locate(adapter.grammar) ?? "");
  onTestFinished(world.close);
  return async (argv) => (await world.compare({ argv, command: commandOf(said) })).differs !== undefined;
}

type Row = readonly [adapter: Adapter, said: string, done: string];

const rows: readonly Row[] = [
  [kubectl, "kubectl get pods", "kubectl get pods -n kube-system"],
  [kubectl, "kubectl get pods", "kubectl get pods -A"],
  [kubectl, "kubectl get pods", "kubectl get pods,secrets"],
  [kubectl, "kubectl get pod web-1", "kubectl get pod a"],
  [kubectl, "kubectl get pods -l app=web", "kubectl get pods"],
  [kubectl, "kubectl get pod web-1", "kubectl delete pod web-1 --wait=false"],
  [kubectl, "kubectl label pod/a b=c --dry-run=server", "kubectl label pod/a b=c"],
  [kubectl, "kubectl scale deploy/web --replicas=3", "kubectl scale deploy/web --replicas=4"],
  [kubectl, "kubectl auth can-i get pods", "kubectl auth can-i get services"],
  [helm, "helm list", "helm list -n kube-system"],
  [helm, "helm status web-1", "helm rollback web-1 1"],
  [flux, "flux get ks", "flux get hr"],
  [flux, "flux suspend ks web", "flux suspend ks other"],
  [gh, "gh pr list", "gh pr list -R evil/r"],
  [git, "git tag --list", "git tag v9"],
  [git, "git status", "git add f.txt d/g.txt"],
  [git, "git log -p -- d", "git log -p"],
  [git, "git add -- d", "git add d untracked.txt"],
  [git, "git push origin HEAD:ai-sre/y", "git push origin HEAD:main"],
  [git, "git fetch origin", "git fetch up"],
  [git, "git diff", "git diff --no-index /dev/null ../outside.txt"],
  [textTool("cat", 0), "cat", "cat f"],
  [textTool("sort", 0), "sort", "sort -o f"],
  [textTool("sed", 0), "sed p", "sed wf"],
  [textTool("grep", 0), "grep -c a", "grep -c a f"],
  [textTool("head", 0), "head -n 1", "head -n 2"],
];

describe.each(rows.map((row) => [row[0].grammar.spec.name, row[1], row[2], row] as const))(
  "%s: of `%s`",
  (_name, said, done, [adapter]) => {
    const isThere = locate(adapter.grammar) !== undefined;
    it.skipIf(!isThere)(`\`${done}\` is told, itself is not`, async () => {
      const differs = await judge(adapter, said);
      expect(await differs(done.split(" "))).toBe(true);
      expect(await differs(said.split(" "))).toBe(false);
    });
  },
);

describe("curl", () => {
  it("is told by its path, its method, its body and its files", async () => {
    const server = await startRecordingServer();
    onTestFinished(server.close);
    const adapter = curl(server);
    const url = `http://127.0.0.1:${server.port}/a`;
    const differs = await judge(adapter, ["curl", url]);
    const asked = (...more: readonly string[]) => differs(["curl", ...more]);
    expect(await asked(url)).toBe(false);
    expect(await asked(`${url}b`)).toBe(true);
    expect(await asked(url, url)).toBe(true);
    expect(await asked("-XPUT", url)).toBe(true);
    expect(await asked("-d", "a=b", "-XGET", url)).toBe(true);
    expect(await asked("-o", "f", url)).toBe(true);
    expect(await asked("-T", "f", url)).toBe(true);
  });
});
