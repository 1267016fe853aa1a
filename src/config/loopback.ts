// Which hosts nobody but this machine reaches. Asked by load.ts of the address to listen on, by caller-key.ts of a server's.
import { isIP } from "node:net";

export function isLoopback(host: string): boolean {
  if (host === "localhost" || host === "::1") return true;
  return isIP(host) === 4 && host.startsWith("127.");
}
