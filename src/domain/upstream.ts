// A server that the broker speaks to in a child's place, and what lets it in. Made by cluster/ and compose/, used by broker/.

/** How its identity is checked, and with which certificate we show ours. PEM texts. */
export interface UpstreamTls {
  /** Absent: the authorities that Node trusts. */
  readonly authorities?: string;
  /** Absent: the URL's own host. */
  readonly serverName?: string;
  /** False only where the operator's kubeconfig says so. */
  readonly verify: boolean;
  readonly certificate?: string;
  readonly key?: string;
}

export interface Upstream {
  /** http or https, perhaps with a path that everything lies below; without login, query and fragment. */
  readonly url: string;
  readonly tls?: UpstreamTls;
  /** The whole value of the header; never leaves the server's own process but to this upstream. */
  readonly authorization?: string;
}

/** The API server's name to children, whatever cluster it is: kubectl's discovery cache is then one folder for all calls. */
export const clusterHost = "kubernetes.aisre";
