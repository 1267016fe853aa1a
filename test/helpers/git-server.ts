// A real git remote on loopback: `git http-backend` behind Node, tokens with rights, and a hook that protects main as GitHub does.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { planted } from "./planted.ts";

/** The token that may push to o/r, and one that may only read it. */
export const token = planted.forge.value;
export const readToken = planted.reader.value;

const protectMain = `#!/bin/sh
while read -r old new ref; do
  [ "$ref" = refs/heads/main ] || continue
  echo "GH006: Protected branch update failed for $ref." >&2
  exit 1
done
`;

export interface GitServer {
  readonly url: string;
  /** Authorization headers as they came. */
  readonly headers: string[];
  /** Paths with their queries, as they were asked for. */
  readonly asked: string[];
  /** git in the bare repository: no network, no hooks. */
  readonly git: (...words: readonly string[]) => string;
  /** Somebody else's commit on a branch; answers its id. */
  readonly commit: (files: Readonly<Record<string, string>>, branch?: string) => string;
}

const environment = {
  PATH: process.env["PATH"] ?? "",
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: "Somebody",
  GIT_AUTHOR_EMAIL: "somebody@example.org",
  GIT_COMMITTER_NAME: "Somebody",
  GIT_COMMITTER_EMAIL: "somebody@example.org",
};

const run = (cwd: string, words: readonly string[]): string =>
  execFileSync("git", words, { cwd, env: environment, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();

/** Serves o/r with one commit on main; gone when the test ends. `onRequest` is called while the client waits. */
export async function openGitServer(onRequest: () => void = () => undefined): Promise<GitServer> {
  const root = mkdtempSync(path.join(tmpdir(), "ai-sre-remote-"));
  const bare = path.join(root, "o/r.git");
  mkdirSync(bare, { recursive: true });
  run(root, ["init", "--quiet", "--bare", "--initial-branch=main", bare]);
  for (const [key, value] of [
    ["http.receivepack", "true"],
    ["receive.denyNonFastForwards", "true"],
    ["receive.denyDeletes", "true"],
  ] as const) {
    run(bare, ["config", key, value]);
  }
  const headers: string[] = [];
  const asked: string[] = [];
  const server = createServer((request, response) => {
    onRequest();
    asked.push(request.url ?? "");
    headers.push(request.headers.authorization ?? "");
    void serve(root, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    rmSync(root, { recursive: true, force: true });
  });

  const commit: GitServer["commit"] = (files, branch = "main") => {
    const clone = mkdtempSync(path.join(root, "work-"));
    run(root, ["clone", "--quiet", bare, clone]);
    const has = run(clone, ["branch", "--remotes", "--list", `origin/${branch}`]) !== "";
    run(clone, ["checkout", "--quiet", ...(has ? ["-B", branch, `origin/${branch}`] : ["-b", branch])]);
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(clone, name)), { recursive: true });
      writeFileSync(path.join(clone, name), content);
    }
    run(clone, ["add", "--all", "--force"]);
    run(clone, ["commit", "--quiet", "--message", `change ${Object.keys(files).join(", ")}`]);
    run(clone, ["push", "--quiet", "origin", `HEAD:refs/heads/${branch}`]);
    return run(clone, ["rev-parse", "HEAD"]);
  };
  commit({ "README.md": "# o/r\n", "apps/web.yaml": "replicas: 1\n" });
  writeFileSync(path.join(bare, "hooks/pre-receive"), protectMain, { mode: 0o755 });
  const direct = (files: Readonly<Record<string, string>>, branch?: string): string => {
    rmSync(path.join(bare, "hooks/pre-receive"));
    try {
      return commit(files, branch);
    } finally {
      writeFileSync(path.join(bare, "hooks/pre-receive"), protectMain, { mode: 0o755 });
    }
  };
  return {
    url: `http://127.0.0.1:${address.port}`,
    headers,
    asked,
    git: (...words) => run(bare, words),
    commit: direct,
  };
}

async function serve(root: string, request: IncomingMessage, response: ServerResponse) {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const [, encoded = ""] = (request.headers.authorization ?? "").split(" ");
  const given = Buffer.from(encoded, "base64")
    .toString()
    .replace(/^[^:]*:/, "");
  if (given !== token && given !== readToken) {
    response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end("authentication required\n");
    return;
  }
  const pushes = url.pathname.endsWith("/git-receive-pack") || url.searchParams.get("service") === "git-receive-pack";
  if (pushes && given === readToken) {
    response.writeHead(403).end("Permission to o/r denied.\n");
    return;
  }
  const backend = spawn("git", ["http-backend"], {
    env: {
      ...environment,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: url.pathname,
      REQUEST_METHOD: request.method ?? "GET",
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      REMOTE_USER: "bot",
      REMOTE_ADDR: "127.0.0.1",
      ...(request.headers["content-encoding"] === undefined
        ? {}
        : { HTTP_CONTENT_ENCODING: request.headers["content-encoding"] }),
      ...(typeof request.headers["git-protocol"] === "string" ? { GIT_PROTOCOL: request.headers["git-protocol"] } : {}),
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  backend.stdin.on("error", () => undefined);
  request.pipe(backend.stdin);
  const chunks: Buffer[] = [];
  for await (const chunk of backend.stdout) chunks.push(Buffer.from(chunk));
  const printed = Buffer.concat(chunks);
  const end = printed.indexOf("\r\n\r\n");
  let status = 200;
  for (const line of printed.subarray(0, end).toString().split("\r\n")) {
    const [name = "", value = ""] = line.split(/:\s*/, 2);
    if (name.toLowerCase() === "status") status = Number.parseInt(value, 10);
    else if (name !== "") response.setHeader(name, value);
  }
  response.writeHead(status).end(printed.subarray(end + 4));
}
