// Runs the image on this machine: `run` starts the server on loopback, `logs` shows what it says, `shell` opens a shell in the debug
// image. Called by `make run`, `make logs` and `make shell`; `make build` made the image.
import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, copyFileSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { environmentSchema, secretVariables } from "../src/config/environment.ts";
import { type Engine, findEngine, noEngine, runEngine } from "./engine.ts";
import { buildImage, imageName, wantedProcessor } from "./build.ts";
import { userCache } from "../scripts/user-cache.ts";

const container = "ai-sre";
/** The image's user. */
const nobody = 65532;
/** What a restricted pod has, and the network of this machine: a cluster on loopback can be reached, and nobody else reaches us. */
const restricted = [
  "--read-only",
  "--tmpfs",
  "/tmp:mode=1777",
  "--cap-drop",
  "all",
  "--security-opt",
  "no-new-privileges",
  "--network",
  "host",
  "--memory",
  "256m",
];
/** Variables that name a file of this machine, which the container gets a copy of. */
const fileVariables = [
  "KUBECONFIG",
  "AISRE_PRINCIPALS_FILE",
  "AISRE_SECRET_KEY_FILE",
  "AISRE_POLICY_DATA",
  ...secretVariables.map((name) => `${name}_FILE`),
];
const passedOn = [...Object.keys(environmentSchema.shape), ...secretVariables.map((name) => `${name}_FILE`)];

const actions: Readonly<Record<string, (engine: Engine) => number>> = { run, logs, shell };
const action = actions[process.argv[2] ?? ""];
if (action === undefined) throw new Error("usage: run.ts run|logs|shell");
process.exitCode = begin(action);

function begin(action: (engine: Engine) => number): number {
  const engine = findEngine();
  if (engine === undefined) return complain(noEngine);
  try {
    return action(engine);
  } catch (error) {
    return complain(error instanceof Error ? error.message : "unknown");
  }
}

function run(engine: Engine): number {
  const image = imageName("production", wantedProcessor());
  if (runEngine(engine, ["image", "inspect", image]).status !== 0)
    return complain(`there is no ${image}: \`make build\``);
  const hasKey = ["MCP_API_KEY", "MCP_API_KEY_FILE", "AISRE_PRINCIPALS_FILE"].some((name) => process.env[name]);
  const key = hasKey ? undefined : randomBytes(24).toString("hex");
  if (key !== undefined) process.env["MCP_API_KEY"] = key;
  const given = passedOn.filter((name) => process.env[name] && !fileVariables.includes(name));
  if (runEngine(engine, ["container", "inspect", container]).status === 0)
    console.log(`run: the container ${container} that was there ends, and its place is taken`);
  runEngine(engine, ["rm", "--force", container]);
  const started = runEngine(engine, [
    "run",
    "--detach",
    "--name",
    container,
    ...engine.limits,
    ...restricted,
    ...asUser(engine),
    "--env",
    `MCP_SERVER_HOST=${process.env["MCP_SERVER_HOST"] ?? "127.0.0.1"}`,
    // The value stays out of the list of processes: the engine reads it from its own environment.
    ...given.filter((name) => name !== "MCP_SERVER_HOST").flatMap((name) => ["--env", name]),
    ...files(),
    image,
  ]);
  if (started.status !== 0) return complain(`${engine.name} could not start ${image}\n${started.stderr.trim()}`);
  const port = process.env["MCP_SERVER_PORT"] ?? "8080";
  console.log(`run: container ${container}, http://127.0.0.1:${port}/mcp/http; make logs shows what it says`);
  if (key !== undefined) console.log(`run: no key was set; MCP_API_KEY=${key} (said once)`);
  return 0;
}

function logs(engine: Engine): number {
  const follow = process.env["FOLLOW"] === "0" ? [] : ["--follow"];
  return runEngine(engine, ["logs", ...follow, container], true).status ?? 1;
}

function shell(engine: Engine): number {
  const image = buildImage(engine, wantedProcessor(), "debug");
  const terminal = process.stdin.isTTY ? ["--interactive", "--tty"] : ["--interactive"];
  return runEngine(engine, ["run", "--rm", ...terminal, ...engine.limits, ...restricted, image], true).status ?? 1;
}

/** A copy for the image's user alone: what the owner keeps to himself could not be read otherwise. */
function files(): readonly string[] {
  const folder = path.join(userCache, "run");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(folder, nobody, nobody);
  return fileVariables.flatMap((name) => {
    const file = process.env[name];
    if (file === undefined || file === "") return [];
    const copy = path.join(folder, name.toLowerCase());
    copyFileSync(file, copy);
    chmodSync(copy, 0o400);
    if (isRoot) chownSync(copy, nobody, nobody);
    const inside = `/etc/ai-sre/${path.basename(copy)}`;
    return ["--volume", `${copy}:${inside}:ro`, "--env", `${name}=${inside}`];
  });
}

/** Without root nobody can give files away: the container then runs as who starts it. */
function asUser({ name }: Engine): readonly string[] {
  const [user, group] = [process.getuid?.(), process.getgid?.()];
  if (user === undefined || user === 0) return [];
  return [...(name === "podman" ? ["--userns", "keep-id"] : []), "--user", `${user}:${group}`];
}

function complain(text: string): number {
  console.error(`image: ${text}`);
  return 1;
}
