// Installs the n8n that the templates are run in, once, into the user's cache: 3 GB, some minutes. Called by `make test-n8n`.
// No package's own script runs but the build of sqlite3, the one native module that n8n cannot start without; it needs a C++ compiler.
import { type SpawnOptions, spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { installedN8n, n8nFolder, n8nManifest } from "./n8n-folder.ts";

/** How often it says that it is still at work, milliseconds. */
const progressMs = 20_000;
/** One directory holds bin/ and include/ of the Node that runs this, and that will run n8n. */
const nodeHome = path.resolve(path.dirname(process.execPath), "..");

if (installedN8n() === undefined) await install(n8nFolder());
console.log("n8n: in the user's cache");

/** Aside and renamed at the end, so that what was cut off leaves nothing that looks whole. */
async function install(folder: string): Promise<void> {
  const aside = `${folder}.${process.pid}.part`;
  try {
    mkdirSync(aside, { recursive: true });
    for (const name of ["package.json", "package-lock.json"])
      copyFileSync(path.join(n8nManifest, name), path.join(aside, name));
    // Not `npm ci`: it refuses a lock that leaves out the optional builds for other systems.
    await npm("n8n: packages", aside, ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
    await npm("n8n: sqlite3", aside, ["rebuild", "sqlite3", "--ignore-scripts=false", "--loglevel=error"], {
      npm_config_nodedir: nodeHome,
      npm_config_build_from_source: "sqlite3",
    });
    if (!existsSync(path.join(aside, "node_modules/sqlite3/build/Release/node_sqlite3.node")))
      throw new Error("sqlite3 was not built: n8n needs a C++ compiler, make and Python once");
    renameSync(aside, folder);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

async function npm(
  what: string,
  cwd: string,
  parameters: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const startMs = Date.now();
  const options: SpawnOptions = {
    cwd,
    stdio: "inherit",
    env: { ...process.env, ...more, PATH: `${path.dirname(process.execPath)}:${process.env["PATH"] ?? ""}` },
  };
  console.log(`${what}: installing, once`);
  const child = spawn("npm", parameters, options);
  const timer = setInterval(() => {
    const modules = path.join(cwd, "node_modules");
    const packages = existsSync(modules) ? readdirSync(modules).length : 0;
    console.log(`${what}: ${Math.round((Date.now() - startMs) / 1000)} s, ${packages} entries in node_modules`);
  }, progressMs);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  });
  clearInterval(timer);
  if (code !== 0) throw new Error(`${what}: npm ended with ${code}`);
}
