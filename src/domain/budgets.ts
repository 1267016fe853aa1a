// What may be started in a time, as numbers, and the port through which the gate asks for a share of it.

/** So many in so long. */
export interface Quota {
  readonly count: number;
  readonly windowMs: number;
}

/** What the site allows; made of site data, so that it changes with it. */
export interface BudgetLimits {
  /** A token bucket per principal: it holds `burst` and fills by `count` in `windowMs`. */
  readonly calls: Quota & { readonly burst: number };
  /** At most `count` in any `windowMs`. */
  readonly changesPerPrincipal: Quota;
  readonly changesPerNamespace: Quota;
}

/** What a call asks for. */
export interface Spending {
  /** Id of the principal. */
  readonly principal: string;
  /** The namespaces of each command that would change something. */
  readonly changes: readonly (readonly string[])[];
}

export type Spent =
  | { readonly ok: true; /** Nothing was started: it costs nothing. */ readonly giveBack: () => void }
  | { readonly ok: false; readonly message: string; readonly retryAfterMs: number };

/** Counts what is started; takes a call's share at once or says when there is one. */
export interface Budgets {
  spend(asked: Spending): Spent;
}
