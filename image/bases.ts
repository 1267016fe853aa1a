// Prints the Dockerfile's bases as build arguments, each with the digest that its tag has in the registry now. Called by the release,
// which builds from these and writes them down. Ends with 1 when one of them has none: nothing is released from a tag that can move.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";

const file = path.resolve(import.meta.dirname, "../Dockerfile");
const pinned = /@sha256:[0-9a-f]{64}$/;

try {
  for (const [, name = "", reference = ""] of readFileSync(file, "utf8").matchAll(/^ARG ([A-Z]+)=(\S+[/:]\S+)$/gm))
    console.log(`${name}=${pinned.test(reference) ? reference : withDigest(reference)}`);
} catch (error) {
  console.error(`bases: ${error instanceof Error ? error.message : "unknown"}`);
  process.exitCode = 1;
}

function withDigest(reference: string): string {
  const words = ["buildx", "imagetools", "inspect", "--format", "{{.Manifest.Digest}}", reference];
  const { stdout, stderr, error } = spawnSync("docker", words, { encoding: "utf8" });
  const whole = `${reference}@${stdout?.trim()}`;
  if (!pinned.test(whole)) throw new Error(`${reference} has no digest: ${error?.message ?? stderr.trim()}`);
  return whole;
}
