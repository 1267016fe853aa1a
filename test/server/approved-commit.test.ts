// Who approved a commit stands in the commit: the whole server, a grant given over HTTP, a real git remote and its own `git log`.
import { describe, expect, it } from "vitest";
import { type Answer, readAnswer } from "../helpers/answer.ts";
import { clientKind } from "../helpers/clients.ts";
import { openGitServer, token } from "../helpers/git-server.ts";
import { startServer } from "../helpers/server.ts";

const approverKey = "approver-test-key-0123456789";
const branch = "ai-sre/web";
const steps = [
  {
    tool_name: "git_commit",
    arguments: {
      message: "fix: memory of web",
      branch,
      changes: [{ path: "apps/web.yaml", content: "replicas: 3\n" }],
    },
  },
  { tool_name: "git_push", arguments: { commit: "{{step.1.commit}}", branch } },
];

describe("a commit that a person approved", { timeout: 180_000 }, () => {
  it("names the call and the approver's key, and nobody who was only claimed", async () => {
    const remote = await openGitServer();
    const server = await startServer({
      MCP_APPROVER_KEY: approverKey,
      GITHUB_REPO: "o/r",
      GITHUB_SERVER_URL: remote.url,
      GITHUB_TOKEN: token,
    });
    const client = await clientKind("SDK 1.32.2 over HTTP, 2025-11-25").connect(server);
    try {
      const batch = async (more: object = {}): Promise<Answer> =>
        readAnswer((await client.call("run_batch", { steps, ...more })).structuredContent);
      const asked = await batch();
      expect(asked, JSON.stringify(asked)).toMatchObject({ code: "approval_required" });
      const response = await fetch(`${server.base}/approvals`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${approverKey}` },
        body: JSON.stringify({ request: asked.approval?.request, verdict: "approve", on_behalf_of: "anna" }),
      });
      const { grant } = readAnswer(await response.json());
      const ran = await batch({ approval: grant });
      expect(ran, JSON.stringify(ran)).toMatchObject({ code: "ok" });

      const trailers = remote.git("log", "-1", "--format=%(trailers:unfold)", branch);
      expect(trailers.split("\n").filter(Boolean)).toEqual([
        `AI-SRE-Call: ${ran.call_id}`,
        "AI-SRE-Approved-By: approver",
      ]);
      // The key is known, the thumb is not: what was claimed stands in the audit, as claimed.
      expect(remote.git("log", "-1", "--format=%B", branch)).not.toContain("anna");
      expect(server.auditText()).toContain('"on_behalf_of_claimed":"anna"');
    } finally {
      await client.close();
      await server.close();
    }
  });
});
