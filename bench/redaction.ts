// How fast output becomes clean text: decoding, stripping and redacting, megabytes a second of CPU, on typical output and on
// output that is harder than most. Beside it, in the same run: bare decoding, and secretlint's recommended rules.
import { lintSource } from "@secretlint/core";
import { creator } from "@secretlint/secretlint-rule-preset-recommend";
import { toCleanText } from "../src/execution/stage-text.ts";
import { createFingerprint } from "../src/redaction/fingerprint.ts";
import { outputs, type Sample } from "./outputs.ts";
import { median, round } from "./statistics.ts";

const rounds = 15;
const profiles = ["credentials", "kubernetes"];
const fingerprint = createFingerprint(Buffer.alloc(32));
const rules = [{ id: "recommended", rule: creator, options: {} }];

/** A Secret among the objects makes everything be read by structure; a character beyond Latin-1 doubles the text in memory. */
function harder(samples: readonly Sample[]): readonly Sample[] {
  return samples.flatMap(({ name, text }) => {
    if (name.endsWith("-o yaml"))
      return [
        { name: `${name}, a Secret in it`, text: `${text}---\ndata:\n  a: YQ==\nkind: Secret\n` },
        { name: `${name}, beyond Latin-1`, text: `${text}# ✔\n` },
      ];
    if (name.endsWith("-o json"))
      return [{ name: `${name}, a Secret in it`, text: `${text}\n{"data":{"a":"YQ=="},"kind":"Secret"}\n` }];
    return [];
  });
}

async function megabytesPerSecond(bytes: number, work: () => unknown): Promise<number> {
  const rates: number[] = [];
  for (let round = 0; round < rounds + 3; round += 1) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    // The first rounds compile.
    if (round >= 3) rates.push(bytes / Math.max(1, user + system));
  }
  return median(rates);
}

const typical = outputs();
const rows: { name: string; clean: number; decode: number; secretlint: number }[] = [];
for (const { name, text } of [...typical, ...harder(typical)]) {
  const head = Buffer.from(text);
  const collected = { head, tail: Buffer.alloc(0), droppedBytes: 0, totalBytes: head.length };
  const source = { filePath: "output.txt", content: text, contentType: "text" as const, ext: ".txt" };
  rows.push({
    name,
    clean: round(await megabytesPerSecond(head.length, () => toCleanText(collected, profiles, fingerprint)), 0),
    decode: round(await megabytesPerSecond(head.length, () => head.toString("utf8").length), 0),
    secretlint: round(
      await megabytesPerSecond(head.length, () => lintSource({ source, options: { config: { rules } } })),
      0,
    ),
  });
}
console.log("clean text, MB per second of CPU (median; secretlint's rules only find)");
for (const { name, clean, decode, secretlint } of rows) {
  console.log(
    `  ${name.padEnd(44)} ${String(clean).padStart(5)}   decoding ${String(decode).padStart(6)}   secretlint ${String(secretlint).padStart(4)}`,
  );
}
const mix = typical.length / rows.slice(0, typical.length).reduce((sum, { clean }) => sum + 1 / clean, 0);
console.log(`  typical mix ${round(mix, 0)} MB/s, aim ≥ 50`);
