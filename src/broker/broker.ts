// The broker: children hold no credential and resolve no name; what they send passes here, is compared with the command that was
// judged, and gets the login on its way out. Made by compose; the execution opens a lease for each command that talks.
import { chmodSync, rmSync } from "node:fs";
import { once } from "node:events";
import type { BrokerRefusal, Lease, LeaseRequest, OpenLease } from "../domain/ports.ts";
import { StartError } from "../errors.ts";
import { checkFor, type Upstreams } from "./checks.ts";
import { createFront } from "./front.ts";
import { createLeases } from "./leases.ts";

export interface BrokerOptions extends Upstreams {
  /** Where its Unix socket goes, in a folder that is private. */
  readonly socket: string;
  readonly onRefused: (refusal: BrokerRefusal) => void;
  readonly onFault: (error: unknown) => void;
}

export interface Broker {
  readonly port: number;
  readonly open: OpenLease;
  /** Synchronous: nothing is served any more. */
  close(): void;
}

/** @throws StartError `invalid_configuration` when it cannot listen */
export async function createBroker({ socket, onRefused, onFault, ...upstreams }: BrokerOptions): Promise<Broker> {
  const leases = createLeases();
  const options = { leases, onRefused, onFault };
  const proxy = createFront(options, "port");
  const direct = createFront(options, "socket");
  const close = (): void => {
    for (const server of [proxy, direct]) {
      server.close();
      server.closeAllConnections();
    }
    rmSync(socket, { force: true });
  };
  try {
    proxy.listen(0, "127.0.0.1");
    direct.listen(socket);
    await Promise.all([once(proxy, "listening"), once(direct, "listening")]);
  } catch (error) {
    close();
    // A path beyond 107 bytes is no Unix socket's.
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw new StartError(
      "invalid_configuration",
      `the broker cannot listen (${code}); is TMPDIR a short, writable path?`,
    );
  }
  // A child keeps the process alive, not who waits for its requests.
  for (const server of [proxy, direct]) server.unref();
  chmodSync(socket, 0o600);
  const address = proxy.address();
  if (address === null || typeof address === "string") throw new Error("the broker listens on no port");
  const { port } = address;

  return {
    port,
    open: (request) => {
      const check = checkFor(upstreams, request);
      if (check === undefined) return undefined;
      const opened = leases.open(request.callId, check);
      return check.door === "socket" ? ghLease({ ...opened, socket }) : proxyLease({ ...opened, port }, request);
    },
    close,
  };
}

/** curl and git read the one spelling, Go the other; https too comes here, and is refused, before it goes its own way. */
const proxyVariables = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];

interface Opened {
  readonly nonce: string;
  readonly close: () => void;
}

function proxyLease({ nonce, port, close }: Opened & { readonly port: number }, request: LeaseRequest): Lease {
  const proxy = `http://${nonce}:x@127.0.0.1:${port}`;
  const environment = Object.fromEntries(proxyVariables.map((name) => [name, proxy]));
  return { environment, port, ...wordsOf(request), close };
}

/** Under either name, gh sends it as its token. */
const ghLease = ({ nonce, socket, close }: Opened & { readonly socket: string }): Lease => ({
  environment: { GH_TOKEN: nonce, GH_ENTERPRISE_TOKEN: nonce },
  socket,
  close,
});

/** An https URL would be asked for through a tunnel, of which only the host is seen. */
function wordsOf(request: LeaseRequest): Pick<Lease, "words"> {
  if (!("command" in request) || request.command.binary !== "curl") return {};
  const [word = ""] = request.command.operands;
  const url = URL.parse(word);
  if (url?.protocol !== "https:") return {};
  const rest = word.slice(`https://${url.host}`.length);
  return { words: { [word]: `http://${url.hostname}:${url.port === "" ? "443" : url.port}${rest}` } };
}
