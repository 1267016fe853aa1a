// The broker from the configuration: which cluster and which forge it lets commands reach, and with what login.
import type { Broker } from "../broker/broker.ts";
import { createBroker } from "../broker/broker.ts";
import type { ClusterAccess } from "../cluster/access.ts";
import type { BrokerRefusal } from "../domain/ports.ts";
import type { Upstream } from "../domain/upstream.ts";

export interface BrokerParts {
  readonly folder: string;
  readonly cluster: ClusterAccess | undefined;
  readonly serverUrl: string;
  readonly githubToken?: string;
  readonly onRefused: (refusal: BrokerRefusal) => void;
  readonly onFault: (error: unknown) => void;
}

export function composeBroker({
  folder,
  cluster,
  serverUrl,
  githubToken,
  onRefused,
  onFault,
}: BrokerParts): Promise<Broker> {
  const git: Upstream = {
    url: serverUrl,
    // As GitHub's own checkout action sends it.
    ...(githubToken === undefined
      ? {}
      : { authorization: `Basic ${Buffer.from(`x-access-token:${githubToken}`).toString("base64")}` }),
  };
  return createBroker({
    folder,
    git: () => git,
    ...(cluster === undefined ? {} : { cluster: () => cluster.upstream() }),
    onRefused,
    onFault,
  });
}
