// The server's own kubeconfig: one context, no plugins, and no word of a file that cannot be read.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { parse, stringify } from "yaml";
import { writeKubeconfig } from "../../src/cluster/kubeconfig.ts";
import { StartError } from "../../src/errors.ts";

const config = {
  apiVersion: "v1",
  kind: "Config",
  "current-context": "dev",
  preferences: { colors: true },
  contexts: [
    { name: "dev", context: { cluster: "dev", user: "dev", namespace: "web" } },
    { name: "prod", context: { cluster: "prod", user: "cloud" } },
    { name: "lost", context: { cluster: "nowhere", user: "dev" } },
  ],
  clusters: [
    { name: "dev", cluster: { server: "https://127.0.0.1:6443", "certificate-authority": "ca.pem" } },
    { name: "prod", cluster: { server: "https://127.0.0.1:7443" } },
  ],
  users: [
    { name: "dev", user: { token: "made-up", "client-key": "/abs/key.pem" } },
    { name: "cloud", user: { exec: { command: "aws", apiVersion: "client.authentication.k8s.io/v1" } } },
  ],
};

function setup(content: unknown = config) {
  const folder = mkdtempSync(path.join(tmpdir(), "kubeconfig-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const source = path.join(folder, "config");
  writeFileSync(source, typeof content === "string" ? content : stringify(content));
  return { folder, source, target: path.join(folder, "copy") };
}

const refusal = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error instanceof StartError ? { code: error.code, message: error.message } : error;
  }
};

describe("the server's kubeconfig", () => {
  it("has the current context and nothing else, and only its owner reads it", () => {
    const { folder, source, target } = setup();
    expect(writeKubeconfig({ source, target })).toBe("dev");
    expect(parse(readFileSync(target, "utf8"))).toEqual({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "dev",
      contexts: [config.contexts[0]],
      clusters: [
        {
          name: "dev",
          cluster: { server: "https://127.0.0.1:6443", "certificate-authority": path.join(folder, "ca.pem") },
        },
      ],
      users: [config.users[0]],
    });
    expect(statSync(target).mode & 0o777).toBe(0o600);
  });

  it("joins several files, the first that names a thing wins", () => {
    const { source, target } = setup({ ...config, "current-context": "", clusters: [] });
    const second = setup();
    expect(writeKubeconfig({ source: `${source}${path.delimiter}${second.source}`, target })).toBe("dev");
    expect(parse(readFileSync(target, "utf8")).clusters[0].cluster["certificate-authority"]).toBe(
      path.join(second.folder, "ca.pem"),
    );
  });

  it("is refused for a user that logs in by running a program", () => {
    const { source, target } = setup();
    expect(refusal(() => writeKubeconfig({ source, target, context: "prod" }))).toEqual({
      code: "invalid_configuration",
      message: "user cloud of the kubeconfig logs in by a plugin (exec): give it a token or a certificate",
    });
  });

  it("is refused for a context, a cluster or a file that is not there", () => {
    const { source, target } = setup();
    const messages = [
      { source, target, context: "none" },
      { source, target, context: "lost" },
      { source: `${source}-none`, target },
    ].map((request) => refusal(() => writeKubeconfig(request)));
    expect(messages).toEqual([
      { code: "invalid_configuration", message: "the kubeconfig has no context named none" },
      { code: "invalid_configuration", message: "the kubeconfig has no cluster named nowhere" },
      { code: "invalid_configuration", message: `the kubeconfig ${source}-none cannot be read (ENOENT)` },
    ]);
  });

  it.each(["- a list", "users: [{token: made-up", "token: 'made-up", ""])(
    "is refused without quoting a file that is none: %s",
    (text) => {
      const { source, target } = setup(text);
      const { message } = Object(refusal(() => writeKubeconfig({ source, target })));
      expect(message).toMatch(/cannot be read|no current context/);
      expect(message).not.toContain("made-up");
    },
  );
});
