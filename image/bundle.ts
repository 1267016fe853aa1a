// Bundles the server into files that need no node_modules: one that every start loads, and chunks for what is loaded only when
// it is asked for (OpenTelemetry). Beside them the policy, and what they are made of. Called by server-stage.ts and by the tests.
import { cpSync, rmSync } from "node:fs";
import path from "node:path";
import { build, type Metafile } from "esbuild";

const root = path.resolve(import.meta.dirname, "..");

/** CommonJS packages ask for Node's own modules by `require`, which an ES module lacks. */
const banner = [
  'import { createRequire as aisreCreateRequire } from "node:module";',
  "const require = aisreCreateRequire(import.meta.url);",
].join("\n");

/** Fills the folder with server/*.mjs and policies/build. Returns what esbuild says of what went in. */
export async function bundle(folder: string): Promise<Metafile> {
  // The server looks for its policy two folders above the file that reads the configuration: src/config, and dist/server.
  const outdir = path.join(folder, "dist/server");
  rmSync(outdir, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: {
      "ai-sre": "src/main.ts",
      healthcheck: "image/healthcheck.ts",
      // What the server starts in threads of its own.
      "policy-trial-worker": "src/compose/policy-trial-worker.ts",
      "shadow-worker": "src/compose/shadow-worker.ts",
    },
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node24",
    // Names stay, so that a stack trace can be read.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    banner: { js: banner },
    metafile: true,
    logLevel: "warning",
  });
  cpSync(path.join(root, "policies/build"), path.join(folder, "policies/build"), { recursive: true });
  return metafile;
}
