// How the server reaches the cluster: one context, no plugins, logins that are read again when they change, and a kubeconfig for
// children that holds none of it.
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { parse, stringify } from "yaml";
import { openCluster } from "../../src/cluster/access.ts";
import { writeChildKubeconfig } from "../../src/cluster/child-kubeconfig.ts";
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
    { name: "other", context: { cluster: "dev", user: "somebody" } },
    { name: "proxied", context: { cluster: "far", user: "dev" } },
    { name: "plain", context: { cluster: "plain", user: "dev" } },
    { name: "mine", context: { cluster: "dev", user: "certified" } },
  ],
  clusters: [
    { name: "dev", cluster: { server: "https://127.0.0.1:6443/", "certificate-authority": "ca.pem" } },
    { name: "prod", cluster: { server: "https://127.0.0.1:7443" } },
    { name: "far", cluster: { server: "https://127.0.0.1:7443", "proxy-url": "http://127.0.0.1:1" } },
    { name: "plain", cluster: { server: "http://api.example:8080", "insecure-skip-tls-verify": true } },
  ],
  users: [
    { name: "dev", user: { token: "made-up" } },
    { name: "cloud", user: { exec: { command: "aws", apiVersion: "client.authentication.k8s.io/v1" } } },
    { name: "somebody", user: { token: "made-up", as: "system:admin" } },
    {
      name: "certified",
      user: {
        "client-certificate-data": Buffer.from("CERTIFICATE").toString("base64"),
        "client-key": "key.pem",
        tokenFile: "token",
      },
    },
  ],
};

function setup(content: unknown = config) {
  const folder = mkdtempSync(path.join(tmpdir(), "kubeconfig-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const source = path.join(folder, "config");
  writeFileSync(source, typeof content === "string" ? content : stringify(content));
  for (const [name, text] of [
    ["ca.pem", "AUTHORITY"],
    ["key.pem", "KEY"],
    ["token", "first\n"],
  ] as const) {
    writeFileSync(path.join(folder, name), text);
  }
  let time = 0;
  const problems: string[] = [];
  const options = { now: () => (time += 2000), onProblem: (message: string) => problems.push(message) };
  return { folder, source, options, problems, target: path.join(folder, "copy") };
}

const refusal = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error instanceof StartError ? { code: error.code, message: error.message } : error;
  }
};

describe("the cluster", () => {
  it("is the one of the current context, with its authority and its token", () => {
    const { source, options } = setup();
    const access = openCluster({ source }, options);
    expect({ ...access, upstream: access.upstream() }).toEqual({
      context: "dev",
      namespace: "web",
      ownNamespace: "web",
      upstream: {
        url: "https://127.0.0.1:6443",
        tls: { verify: true, authorities: "AUTHORITY" },
        authorization: "Bearer made-up",
      },
    });
  });

  it("joins several files, the first that names a thing wins", () => {
    const { source, options } = setup({ ...config, "current-context": "", clusters: [] });
    const second = setup();
    const access = openCluster({ source: `${source}${path.delimiter}${second.source}` }, options);
    expect(access.upstream().tls?.authorities).toBe("AUTHORITY");
  });

  it("takes certificates and tokens from data and from files, and reads them again when a file changed", () => {
    const { folder, source, options, problems } = setup();
    const access = openCluster({ source, context: "mine" }, options);
    const first = access.upstream();
    expect(first).toMatchObject({ authorization: "Bearer first", tls: { certificate: "CERTIFICATE", key: "KEY" } });
    expect(access.upstream()).toBe(first);

    writeFileSync(path.join(folder, "next"), "second\n");
    renameSync(path.join(folder, "next"), path.join(folder, "token"));
    expect(access.upstream().authorization).toBe("Bearer second");

    rmSync(path.join(folder, "key.pem"));
    expect(access.upstream().authorization).toBe("Bearer second");
    expect(problems).toEqual([`${folder}/key.pem, which the cluster's login needs, cannot be read (ENOENT)`]);
  });

  it("hears no token over plain http", () => {
    const { source, options } = setup();
    expect(openCluster({ source, context: "plain" }, options).upstream()).toEqual({
      url: "http://api.example:8080",
      tls: { verify: false },
    });
  });

  it("is the pod's own, with the mounted service account", () => {
    const { folder, options } = setup();
    const mounted = path.join(folder, "serviceaccount");
    const inCluster = { server: "https://10.96.0.1:443", folder: mounted };
    expect(refusal(() => openCluster(inCluster, options))).toMatchObject({ code: "invalid_configuration" });
    mkdirSync(mounted);
    writeFileSync(path.join(mounted, "token"), "of-the-pod");
    writeFileSync(path.join(mounted, "ca.crt"), "AUTHORITY");
    writeFileSync(path.join(mounted, "namespace"), "operations\n");
    const access = openCluster(inCluster, options);
    expect({ ...access, upstream: access.upstream() }).toEqual({
      context: "in-cluster",
      ownNamespace: "operations",
      upstream: {
        url: "https://10.96.0.1",
        tls: { verify: true, authorities: "AUTHORITY" },
        authorization: "Bearer of-the-pod",
      },
    });
  });

  it.each([
    ["prod", "user cloud of the kubeconfig logs in by a plugin (exec): give it a token or a certificate"],
    ["other", "the kubeconfig's as is not supported: leave it out"],
    ["proxied", "the kubeconfig's proxy-url is not supported: leave it out"],
    ["none", "the kubeconfig has no context named none"],
    ["lost", "the kubeconfig has no cluster named nowhere"],
  ])("is refused for context %s", (context, message) => {
    const { source, options } = setup();
    expect(refusal(() => openCluster({ source, context }, options))).toEqual({
      code: "invalid_configuration",
      message,
    });
  });

  it("is refused for a file that is not there", () => {
    const { source, options } = setup();
    expect(refusal(() => openCluster({ source: `${source}-none` }, options))).toEqual({
      code: "invalid_configuration",
      message: `the kubeconfig ${source}-none cannot be read (ENOENT)`,
    });
  });

  it.each(["- a list", "users: [{token: made-up", "token: 'made-up", ""])(
    "is refused without quoting a file that is none: %s",
    (text) => {
      const { source, options } = setup(text);
      const { message } = Object(refusal(() => openCluster({ source }, options)));
      expect(message).toMatch(/cannot be read|no current context/);
      expect(message).not.toContain("made-up");
    },
  );
});

it("gives children a kubeconfig without address and login, which only its owner reads", () => {
  const { source, options, target } = setup();
  writeChildKubeconfig(openCluster({ source }, options), target);
  expect(parse(readFileSync(target, "utf8"))).toEqual({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "dev",
    contexts: [{ name: "dev", context: { cluster: "broker", user: "", namespace: "web" } }],
    clusters: [{ name: "broker", cluster: { server: "http://kubernetes.aisre" } }],
    users: [],
  });
  expect(statSync(target).mode & 0o777).toBe(0o600);
});
