// Certificates for tests of TLS, made by openssl; where that is not installed the tests are skipped.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";

export const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

/** An authority, a server for 127.0.0.1 and a client, one day long. */
export function makeCertificates() {
  const folder = mkdtempSync(path.join(tmpdir(), "ai-sre-tls-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const at = (name: string): string => path.join(folder, name);
  const openssl = (...words: readonly string[]) => execFileSync("openssl", words, { stdio: "pipe", cwd: folder });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  for (const authority of ["ca", "other-ca"]) {
    openssl(
      "req",
      "-x509",
      "-days",
      "1",
      ...key,
      "-keyout",
      `${authority}.key`,
      "-out",
      `${authority}.pem`,
      "-subj",
      `/CN=${authority}`,
    );
  }
  writeFileSync(at("names"), "subjectAltName=IP:127.0.0.1,DNS:api.lab\n");
  for (const name of ["server", "client"]) {
    openssl("req", ...key, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${name}`);
    openssl(
      "x509",
      "-req",
      "-days",
      "1",
      "-in",
      `${name}.csr`,
      "-CA",
      "ca.pem",
      "-CAkey",
      "ca.key",
      "-CAcreateserial",
      "-extfile",
      "names",
      "-out",
      `${name}.pem`,
    );
  }
  return { at, text: (name: string) => readFileSync(at(name), "utf8") };
}
