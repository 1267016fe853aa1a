// Which address a name stands for, asked once and then held: what was looked at is what is dialled (no rebinding). Used for curl and
// for where the forge sends us on to.
import { lookup } from "node:dns/promises";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { type Refused, refused } from "../verdict.ts";

/** Networks where this machine, its neighbours on the link and its cloud's metadata live, and what can be turned into them. */
const closed: readonly (readonly [network: string, prefix: number])[] = [
  ["0.0.0.0", 8],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  // Metadata of Oracle's, Alibaba's and Azure's clouds.
  ["192.0.0.0", 24],
  ["100.100.100.200", 32],
  ["168.63.129.16", 32],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  // Unspecified, loopback and IPv4 in old clothes.
  ["::", 96],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
  // Metadata of Amazon's, Google's, Akamai's and Scaleway's clouds.
  ["fd00:ec2::", 32],
  ["fd20:ce::254", 128],
  ["fd00:a9fe:a9fe::", 48],
  ["fd00:42::42", 128],
  // IPv4 through a gateway: NAT64, translation, 6to4 and its relays, Teredo.
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["::ffff:0:0:0", 96],
  ["192.88.99.0", 24],
  ["2002::", 16],
  ["2001::", 32],
];

const blocked = new BlockList();
for (const [network, prefix] of closed) blocked.addSubnet(network, prefix, familyOf(network));

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}

/** An IPv4 address inside an IPv6 one (::ffff:…) is read as what it is. */
export const isClosed = (address: string): boolean => isIP(address) === 0 || blocked.check(address, familyOf(address));

export interface Decided {
  readonly ok: true;
  readonly lookup: LookupFunction;
}

/** Every address of a name. */
export type Resolve = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

export const askTheSystem: Resolve = (host) => lookup(host, { all: true, verbatim: true });

/** One closed address among several closes the name; `isOpen` is for what the site itself names. */
export async function decideAddress(host: string, isOpen: boolean, resolve: Resolve): Promise<Decided | Refused> {
  const found = await resolve(host).catch(() => []);
  const [first] = found;
  if (first === undefined) return refused(`${host} has no address`);
  const inside = found.find(({ address }) => isClosed(address));
  if (inside !== undefined && !isOpen) {
    return refused(`${host} stands for this machine, its link or its cloud's metadata`);
  }
  return {
    ok: true,
    lookup: (_hostname, options, done) => {
      if (options.all === true) done(null, [first]);
      else done(null, first.address, first.family);
    },
  };
}
