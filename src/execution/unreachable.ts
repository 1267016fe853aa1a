// Recognises kubectl's ways to say that it failed, and that the API server did not answer. Pure; used by execute.ts.

/** client-go and net/http, kubectl 1.32 to 1.36; `Error from server` means that the server did answer. */
const signs =
  /unable to connect to the server|the connection to the server .{1,300} was refused|dial tcp|no such host|i\/o timeout|connection (?:refused|reset by peer|timed out)|network is unreachable|TLS handshake timeout|tls: |x509: |Client\.Timeout exceeded|context deadline exceeded|http2: client connection|request canceled while waiting for connection|server gave HTTP response to HTTPS client|: EOF$/i;

/** Reads standard error line by line. */
export function saysUnreachable(binary: string, stderr: string): boolean {
  if (binary !== "kubectl") return false;
  return stderr.split("\n").some((line) => !/^error from server/i.test(line) && signs.test(line));
}

/** True for an error in words: `auth can-i` exits with 1 for "no" and for every failure alike. */
export function saysError(binary: string, stderr: string): boolean {
  if (binary !== "kubectl") return false;
  return saysUnreachable(binary, stderr) || stderr.split("\n").some((line) => /^error(?:: | from server)/i.test(line));
}
