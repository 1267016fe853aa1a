// The environment's key is said only where nobody else hears it, and a file without a key is no key.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { callerKey } from "../../src/config/caller-key.ts";

const raw = { MCP_APPROVER_KEY: "a-key-of-some-length" };

describe("the key of the environment", () => {
  it.each([
    "https://sre.example.com/approvals",
    "wss://sre.example.com/mcp",
    "http://127.0.0.1:8080/approvals",
    "http://127.9.9.9/approvals",
    "http://localhost:8080/approvals",
    "ws://[::1]:8080/mcp",
    "HTTPS://sre.example.com",
  ])("goes to %s", (url) => {
    expect(callerKey("MCP_APPROVER_KEY", url, raw)).toBe(raw.MCP_APPROVER_KEY);
  });

  it.each([
    "http://sre.example.com/approvals",
    "ws://sre.example.com/mcp",
    "http://localhost.example.com/",
    "http://127.0.0.1.example.com/",
    "http://127.0.0.1@sre.example.com/",
    "http://[::ffff:192.0.2.1]/",
    "HTTP://192.0.2.1/",
  ])("does not go to %s, which is said", (url) => {
    expect(() => callerKey("MCP_APPROVER_KEY", url, raw)).toThrow(
      `MCP_APPROVER_KEY is not sent to ${url}, which is neither https nor this machine: give it by --key-file FILE`,
    );
    expect(callerKey("MCP_APPROVER_KEY", url, {})).toBeUndefined();
  });

  it("is not read from an empty file", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "ai-sre-key-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = path.join(folder, "key");
    writeFileSync(file, " \n");
    const read = () => callerKey("MCP_API_KEY", "http://127.0.0.1/", { MCP_API_KEY_FILE: file });
    expect(read).toThrow(`MCP_API_KEY_FILE: ${file} is empty`);
  });
});
