// Every `ai-sre` command that a page names is there, with the options that the page gives it, and the program lies in the image where
// pages say so.
import { spawnSync } from "node:child_process";
import path from "node:path";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { approveCommand } from "../../src/cli/approve.ts";
import { auditShowCommand } from "../../src/cli/audit-show.ts";
import { auditVerifyCommand } from "../../src/cli/audit-verify.ts";
import { callCommand } from "../../src/cli/call.ts";
import { policyCommand } from "../../src/cli/policy.ts";
import { serveCommand } from "../../src/cli/serve.ts";
import { codeSpans, fencesOf, readPage, root } from "./markdown.ts";
import { pages } from "./pages.ts";

const under = (name: string, commands: readonly Command[]): readonly (readonly [string, Command])[] =>
  commands.map((command) => [`${name} ${command.name()}`, command]);
const commands: ReadonlyMap<string, Command> = new Map([
  ["serve", serveCommand()],
  ["call", callCommand()],
  ...under("policy", policyCommand().commands),
  ...under("approve", approveCommand().commands),
  ...under("audit", [auditVerifyCommand(), auditShowCommand()]),
]);

/** `ai-sre NAME …`, `ai-sre -- NAME …`, `ai-sre.mjs NAME …`, up to what ends a command line. */
const named = /\bai-sre(?:\.mjs| --)? (serve|call|(?:policy|approve|audit) [a-z]+)\b([^|;&\n`]*)/g;

/** Without what stands in quotes, which is an argument, and with broken lines joined. */
const lineOf = (text: string): string => text.replaceAll("\\\n", " ").replaceAll(/'[^'\n]*'|"[^"\n]*"/g, "''");

function faultsOf(page: string): readonly string[] {
  const code = [...fencesOf(page).map(({ text }) => text), ...codeSpans(readPage(page))];
  return code.flatMap((text) =>
    [...lineOf(text).matchAll(named)].flatMap(([whole, name = "", rest = ""]) => {
      const command = commands.get(name);
      if (command === undefined) return [`${whole}: no such command`];
      const known = new Set(command.options.map(({ long }) => long));
      return [...rest.matchAll(/(?<=\s)--[a-z-]+/g)]
        .map(([option]) => option)
        .filter((option) => option !== "--help" && !known.has(option))
        .map((option) => `${whole}: no option ${option}`);
    }),
  );
}

describe("commands in pages", () => {
  it.each(pages)("%s names none that is not there", (page) => {
    expect(faultsOf(page)).toEqual([]);
  });

  it("would be noticed if they were wrong", () => {
    const text = "ai-sre -- policy explain --command 'x --nonsense' --no-such 1; ai-sre audit verify --mixed -";
    expect([...lineOf(text).matchAll(named)].map(([, name]) => name)).toEqual(["policy explain", "audit verify"]);
  });

  it("are run in a container by the program that the image starts", () => {
    const entrypoint = /^ENTRYPOINT \[.*"(\/[^"]+\.mjs)"\]$/m.exec(readPage("Dockerfile"))?.[1];
    expect(entrypoint).toMatch(/ai-sre\.mjs$/);
    const shown = readPage("docs/operating.md").match(/\S+ai-sre\.mjs/g) ?? [];
    expect(shown.length).toBeGreaterThan(2);
    expect(new Set(shown.map((file) => file.replace("`", "")))).toEqual(new Set([entrypoint]));
  });

  it.each([
    ["policy check", '{"id":1,"tool":"cli_tool","arguments":{"command":"kubectl get pods"}}'],
    ["policy docs", ""],
    ["audit show -", ""],
  ])("%s needs nothing but the image's own settings", (words, input) => {
    const settings = [...readPage("Dockerfile").matchAll(/\b(MCP_SERVER_HOST|AISRE_SANDBOX)=(\S+)/g)];
    expect(settings.length).toBe(2);
    const { status, stderr } = spawnSync(process.execPath, [path.join(root, "src/main.ts"), ...words.split(" ")], {
      input,
      encoding: "utf8",
      env: Object.fromEntries(settings.map(([, name = "", value = ""]) => [name, value])),
    });
    expect([status, stderr]).toEqual([0, ""]);
  });
});
