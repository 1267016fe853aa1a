// Recognises how kubectl, helm and flux say that they failed, and that the API server did not answer. Pure; used by execute.ts.

/** client-go and net/http, kubectl 1.32 to 1.36, helm 4.1, flux 2.9; `Error from server` means that the server did answer. */
const signs =
  /unable to connect to the server|the connection to the server .{1,300} was refused|dial tcp|no such host|i\/o timeout|connection (?:refused|reset by peer|timed out)|network is unreachable|TLS handshake timeout|tls: |x509: |Client\.Timeout exceeded|context deadline exceeded|http2: client connection|request canceled while waiting for connection|server gave HTTP response to HTTPS client|: EOF$/i;

/** The broker's own words, in whatever form the program prints them. */
const brokerSign = /the Kubernetes API does not answer the broker/;

/** What talks to the API server by itself. */
const clients: ReadonlySet<string> = new Set(["kubectl", "helm", "flux"]);
/** The server answered; or flux's own wait for an object ended, which says nothing of the server. */
const answers = /^error from server|^✗ (?:context deadline exceeded|.{1,300}reconciliation failed)/i;

/** Reads standard error line by line. */
export function saysUnreachable(binary: string, stderr: string): boolean {
  if (!clients.has(binary)) return false;
  return stderr.split("\n").some((line) => brokerSign.test(line) || (!answers.test(line) && signs.test(line)));
}

/** True for an error in words: `auth can-i` exits with 1 for "no" and for every failure alike. */
export function saysError(binary: string, stderr: string): boolean {
  if (binary !== "kubectl") return false;
  return saysUnreachable(binary, stderr) || stderr.split("\n").some((line) => /^error(?:: | from server)/i.test(line));
}
