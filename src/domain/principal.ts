// Who calls. Made by transport/ when credentials have been checked; never changed afterwards.

/** The roles the default policy knows. Site data gives them to principals; Rego gives them meaning. */
export const roles = ["viewer", "operator", "approver", "admin"] as const;
export type Role = (typeof roles)[number];

/** How a principal was authenticated: by a bearer key, by nothing (loopback only), or as the local stdio client. */
export type AuthenticatedBy = "bearer" | "anonymous" | "local";

export interface Principal {
  /** Unique within the configuration, `[a-z0-9._-]`, at most 64 characters. */
  readonly id: string;
  readonly roles: readonly Role[];
  readonly authenticatedBy: AuthenticatedBy;
}
