// GitHub as one address: `/o/r.git` is the real git remote, `/api` the stand-in for GitHub's API. Both know the same token.
import { onTestFinished } from "vitest";
import { type GitServer, openGitServer, token } from "../helpers/git-server.ts";
import type { CheckState } from "../helpers/github/repository.ts";
import { startProxy } from "../helpers/http-proxy.ts";
import { type GitHub, githubToken, startGitHub } from "../helpers/github/server.ts";

export { token } from "../helpers/git-server.ts";

export interface Forge {
  readonly url: string;
  readonly git: GitServer;
  readonly github: GitHub;
  /** Titles of the pull requests that were opened, with the branch of each. */
  readonly opened: () => readonly { readonly title: string; readonly head: string }[];
  /** Resolves when a request with that in it has come, and was answered. */
  readonly asked: (what: RegExp) => Promise<void>;
  checks: CheckState;
}

/** Gone when the test ends. */
export async function openForge(): Promise<Forge> {
  const git = await openGitServer();
  const state: { checks: CheckState } = { checks: "FAILURE" };
  const github = await startGitHub(undefined, () => state.checks);
  const proxy = await startProxy(({ url, headers: { authorization } }) => {
    const target = url?.startsWith("/api") === true ? github.url : git.url;
    // Each door has its own token for the same login.
    const login = target === github.url ? authorization?.replace(token, githubToken) : authorization;
    return { target: new URL(target), ...(login === undefined ? {} : { more: { authorization: login } }) };
  }, "");
  onTestFinished(async () => {
    await proxy.close();
    await github.stop();
  });
  return {
    url: proxy.url,
    git,
    github,
    opened: () =>
      github.requests.flatMap(({ body }) => {
        const { title, head } =
          /"headRefName":"(?<head>[^"]*)".*"title":"(?<title>[^"]*)"|"title":"(?<title>[^"]*)".*"headRefName":"(?<head>[^"]*)"/.exec(
            body.includes("createPullRequest") ? body : "",
          )?.groups ?? {};
        return title === undefined || head === undefined ? [] : [{ title, head }];
      }),
    asked: async (what) => {
      while (!github.requests.some(({ body }) => what.test(body)))
        await new Promise((resolve) => setTimeout(resolve, 100));
      await new Promise((resolve) => setTimeout(resolve, 500));
    },
    get checks() {
      return state.checks;
    },
    set checks(to: CheckState) {
      state.checks = to;
    },
  };
}
