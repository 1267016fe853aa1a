// GitHub as one address: `/o/r.git` is the real git remote, `/api` the stand-in for GitHub's API. Both know the same token.
import { createServer, request as ask } from "node:http";
import { onTestFinished } from "vitest";
import { type GitServer, openGitServer, token } from "../helpers/git-server.ts";
import type { CheckState } from "../helpers/github/repository.ts";
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
  const server = createServer((request, response) => {
    const isApi = request.url?.startsWith("/api") === true;
    const { host: _ours, authorization = "", ...headers } = request.headers;
    const login = isApi ? authorization.replace(token, githubToken) : authorization;
    const onward = ask(
      `${isApi ? github.url : git.url}${request.url ?? ""}`,
      {
        method: request.method ?? "GET",
        headers: { ...headers, host: request.headers.host, ...(login === "" ? {} : { authorization: login }) },
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await github.stop();
  });
  return {
    url: `http://127.0.0.1:${address.port}`,
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
