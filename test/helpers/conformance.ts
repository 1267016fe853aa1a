// Runs the MCP conformance suite against a server in its production configuration: no fixtures, credentials on.
import path from "node:path";
import { execa } from "execa";
import { startBearerProxy } from "./http-proxy.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** The frozen requirement sets that are run, one per protocol era. */
export const requirementSets = ["2025-11-25", "2026-07-28"] as const;
export type RequirementSet = (typeof requirementSets)[number];

export interface ConformanceRun {
  /** 0 when every scenario passed or failed as test/conformance/expected-<set>.yml says, and no listed one passed. */
  readonly exitCode: number;
  readonly output: string;
}

/** Runs one requirement set against `url` (…/mcp/http) with `key`, through a proxy that adds the key. */
export async function runConformance(
  { url, key }: { readonly url: string; readonly key: string },
  set: RequirementSet,
): Promise<ConformanceRun> {
  const proxy = await startBearerProxy(url, key);
  try {
    const expected = path.join(root, `test/conformance/expected-${set}.yml`);
    const { exitCode, all } = await execa(
      process.execPath,
      [
        path.join(root, "node_modules/@modelcontextprotocol/conformance/dist/index.js"),
        "server",
        "--url",
        proxy.url,
        "--requirements",
        set,
        "--timeout",
        "5000",
        "--expected-failures",
        expected,
      ],
      { all: true, reject: false, timeout: 180_000, stdin: "ignore", cwd: root },
    );
    return { exitCode: exitCode ?? -1, output: all };
  } finally {
    await proxy.close();
  }
}
