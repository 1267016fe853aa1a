// The way from the broker to the API server: TLS with the kubeconfig's authority, client certificates, logins that rotate, answers
// that stream. Certificates are made by openssl; without it the tests are skipped.
import { renameSync, writeFileSync } from "node:fs";
import { request as httpRequest, type ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { openCluster } from "../../src/cluster/access.ts";
import { hasOpenssl, makeCertificates } from "../helpers/certificates.ts";
import { startTlsServer } from "../helpers/tls-front.ts";
import { nonceOf, openBroker, send } from "./setup.ts";

const pods = "http://kubernetes.aisre/api/v1/namespaces/default/pods";

interface Seen {
  readonly login: string;
  readonly certificate: string;
}

async function openApi(answer: (response: ServerResponse) => void = (response) => void response.end("{}")) {
  const { at, text } = makeCertificates();
  const seen: Seen[] = [];
  const port = await startTlsServer({ text }, ({ headers }, response, certificate = "") => {
    seen.push({ login: headers.authorization ?? "", certificate });
    answer(response);
  });
  writeFileSync(at("token"), "first");
  let time = 0;
  const open = async (cluster: Record<string, unknown>, user: Record<string, unknown>) => {
    const config = {
      "current-context": "lab",
      contexts: [{ name: "lab", context: { cluster: "lab", user: "me" } }],
      clusters: [{ name: "lab", cluster: { server: `https://127.0.0.1:${port}`, ...cluster } }],
      users: [{ name: "me", user }],
    };
    writeFileSync(at("kubeconfig"), JSON.stringify(config));
    const access = openCluster({ source: at("kubeconfig") }, { now: () => (time += 2000) });
    const { lease } = await openBroker({ cluster: () => access.upstream() });
    return lease("kubectl get pods");
  };
  return { seen, at, open };
}

describe.skipIf(!hasOpenssl)("the way to the API server", () => {
  it("is checked with the kubeconfig's authority, and shows the client's certificate", async () => {
    const { seen, open } = await openApi();
    const user = { "client-certificate": "client.pem", "client-key": "client.key", tokenFile: "token" };
    const lease = await open({ "certificate-authority": "ca.pem" }, user);
    expect(await send(lease, { url: pods })).toEqual({ status: 200, text: "{}" });
    expect(seen).toEqual([{ login: "Bearer first", certificate: "client" }]);
  });

  it.each([
    ["an authority that did not sign it", { "certificate-authority": "other-ca.pem" }],
    ["no authority", {}],
    ["another name", { "certificate-authority": "ca.pem", "tls-server-name": "other.lab" }],
  ])("is not gone with %s, and no login is said", async (_name, cluster) => {
    const { seen, open } = await openApi();
    const { status, text } = await send(await open(cluster, { token: "mine" }), { url: pods });
    expect(status).toBe(502);
    expect(text).toMatch(/^the Kubernetes API does not answer the broker \(\w+\)\n$/);
    expect(seen).toEqual([]);
  });

  it("takes another name, and no check at all, where the kubeconfig says so", async () => {
    const { seen, open } = await openApi();
    const named = await open({ "certificate-authority": "ca.pem", "tls-server-name": "api.lab" }, { token: "mine" });
    const unchecked = await open({ "insecure-skip-tls-verify": true }, { token: "mine" });
    expect(
      [await send(named, { url: pods }), await send(unchecked, { url: pods })].map(({ status }) => status),
    ).toEqual([200, 200]);
    expect(seen.map(({ login }) => login)).toEqual(["Bearer mine", "Bearer mine"]);
  });

  it("says the new token when the old one was replaced", async () => {
    const { seen, open, at } = await openApi();
    const lease = await open({ "certificate-authority": "ca.pem" }, { tokenFile: "token" });
    await send(lease, { url: pods });
    writeFileSync(at("next"), "second\n");
    renameSync(at("next"), at("token"));
    await send(lease, { url: pods });
    expect(seen.map(({ login }) => login)).toEqual(["Bearer first", "Bearer second"]);
  });

  it("streams: the child has the first line before the last one is written", async () => {
    const answers: ServerResponse[] = [];
    const { open } = await openApi((response) => {
      response.write("first\n");
      answers.push(response);
    });
    const lease = await open({ "certificate-authority": "ca.pem" }, {});
    const login = `Basic ${Buffer.from(`${nonceOf(lease)}:x`).toString("base64")}`;
    const headers = { host: "kubernetes.aisre", "proxy-authorization": login };
    const got: string[] = [];
    const ended = new Promise<void>((resolve, reject) => {
      httpRequest({ host: "127.0.0.1", port: lease.port, path: pods, headers, agent: false }, (response) => {
        response.on("data", (chunk: Buffer) => {
          got.push(chunk.toString());
          answers[0]?.end("last\n");
        });
        response.on("end", resolve);
      })
        .on("error", reject)
        .end();
    });
    await ended;
    expect(got).toEqual(["first\n", "last\n"]);
  });
});
