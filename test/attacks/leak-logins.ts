// Every way in which a server gets into its cluster, each with canaries for what is secret in it. Used by the leak hunt.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Canary, canaryFor } from "../helpers/canary.ts";
import type { makeCertificates } from "../helpers/certificates.ts";

export interface Login {
  readonly canaries: readonly Canary[];
  /** An Authorization header, or the name of a certificate: what the cluster sees while it is in use. */
  readonly shows: string;
  /** The kubeconfig's user; absent: a pod's service account, in this folder. */
  readonly user?: Readonly<Record<string, unknown>>;
  readonly serviceAccount?: string;
}

export interface Ground {
  /** A folder for files that hold credentials. */
  readonly held: string;
  readonly certificates: ReturnType<typeof makeCertificates>;
}

const bearer = ({ value }: Canary): string => `Bearer ${value}`;
const base64 = (text: string): string => Buffer.from(text).toString("base64");

export const logins: Readonly<Record<string, (ground: Ground) => Login>> = {
  "a token": () => {
    const token = canaryFor("kubeconfig token");
    return { canaries: [token], shows: bearer(token), user: { token: token.value } };
  },
  "a token in a file": ({ held }) => {
    const token = canaryFor("kubeconfig tokenFile");
    const tokenFile = path.join(held, "token");
    writeFileSync(tokenFile, `${token.value}\n`);
    return { canaries: [token], shows: bearer(token), user: { tokenFile } };
  },
  "a name and a password": () => {
    const [username, password] = [canaryFor("kubeconfig username"), canaryFor("kubeconfig password")];
    return {
      canaries: [username, password],
      shows: `Basic ${base64(`${username.value}:${password.value}`)}`,
      user: { username: username.value, password: password.value },
    };
  },
  "a client certificate": ({ certificates: { at, text } }) => {
    const [, , line = ""] = text("client.key").split("\n");
    const user = { "client-certificate": at("client.pem"), "client-key": at("client.key") };
    return { canaries: [{ slot: "client key", value: line }], shows: "client", user };
  },
  "a client certificate in the kubeconfig": ({ certificates: { text } }) => {
    const [, , line = ""] = text("client.key").split("\n");
    const user = {
      "client-certificate-data": base64(text("client.pem")),
      "client-key-data": base64(text("client.key")),
    };
    return { canaries: [{ slot: "client key data", value: line }], shows: "client", user };
  },
  "a pod's service account": ({ held, certificates: { text } }) => {
    const token = canaryFor("service account's token");
    const serviceAccount = path.join(held, "serviceaccount");
    mkdirSync(serviceAccount);
    writeFileSync(path.join(serviceAccount, "token"), token.value);
    writeFileSync(path.join(serviceAccount, "ca.crt"), text("ca.pem"));
    return { canaries: [token], shows: bearer(token), serviceAccount };
  },
};
