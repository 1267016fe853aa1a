// The broker from the configuration: which cluster and which forge it lets commands reach, and with what login.
import { isIP } from "node:net";
import { type Broker, createBroker } from "../broker/broker.ts";
import type { ClusterAccess } from "../cluster/access.ts";
import type { BrokerRefusal } from "../domain/ports.ts";

export interface BrokerParts {
  readonly socket: string;
  readonly cluster: ClusterAccess | undefined;
  readonly serverUrl: string;
  readonly githubToken?: string;
  /** Base URLs of site data's hosts. */
  readonly hosts: () => readonly string[];
  readonly onRefused: (refusal: BrokerRefusal) => void;
  readonly onFault: (error: unknown) => void;
}

export function composeBroker({
  socket,
  cluster,
  serverUrl,
  githubToken,
  hosts,
  ...heard
}: BrokerParts): Promise<Broker> {
  const { host } = new URL(serverUrl);
  const isGitHub = host === "github.com";
  // As GitHub's own checkout action sends it.
  const basic = Buffer.from(`x-access-token:${githubToken ?? ""}`).toString("base64");
  const git = { url: serverUrl, ...login(githubToken, `Basic ${basic}`) };
  const gh = {
    url: isGitHub ? "https://api.github.com" : serverUrl,
    authority: isGitHub ? "api.github.com" : host,
    rest: isGitHub ? "" : "/api/v3",
    graphql: isGitHub ? "/graphql" : "/api/graphql",
    ...login(githubToken, `token ${githubToken ?? ""}`),
  };
  return createBroker({
    socket,
    git: () => git,
    gh: () => gh,
    ...(cluster === undefined ? {} : { cluster: () => cluster.upstream() }),
    namedPlaces: () => new Set(hosts().flatMap(namedPlace)),
    ...heard,
  });
}

const login = (token: string | undefined, authorization: string) => (token === undefined ? {} : { authorization });

/** A name may come to stand for this machine; an address, and `localhost`, are meant as they are written. */
function namedPlace(text: string): readonly string[] {
  const url = URL.parse(text);
  if (url === null || (isIP(url.hostname) !== 4 && url.hostname !== "localhost")) return [];
  return [`${url.hostname}:${url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port}`];
}
