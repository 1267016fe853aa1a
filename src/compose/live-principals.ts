// Who holds which key, while the server runs: AISRE_PRINCIPALS_FILE is read again when it changes, or at SIGHUP. A file that is
// not sound changes nothing. Made by compose.ts; the doors ask at every request.
import type { Config, PrincipalKeys } from "../config/config.ts";
import { readPrincipals } from "../config/load.ts";
import type { AuditLog } from "../domain/ports.ts";
import { watchFiles, type WatchTimes } from "./watch-files.ts";

export interface PrincipalsReload {
  /** Ids of those that came, went, or hold other keys or roles. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
  /** Why everything stays as it was. */
  readonly why?: string;
}

export interface LivePrincipals {
  readonly current: readonly PrincipalKeys[];
  readonly refusal: string | undefined;
  reload(): void;
  close(): void;
}

export interface LivePrincipalsOptions {
  readonly config: Pick<Config, "principals" | "principalsFile">;
  readonly audit: Pick<AuditLog, "append">;
  readonly onReload: (reload: PrincipalsReload) => void;
  readonly times?: Partial<WatchTimes>;
}

export function keepPrincipals({ config, audit, onReload, times }: LivePrincipalsOptions): LivePrincipals {
  let current = config.principals;
  let refusal: string | undefined;
  const { principalsFile: file } = config;

  const look = (): void => {
    if (file === undefined) return;
    const problems: string[] = [];
    const next = readPrincipals(file, problems);
    refusal = problems.length === 0 ? undefined : problems.join("; ");
    const reload = refusal === undefined ? difference(current, next) : { ...unchanged, why: refusal };
    const isSame = refusal === undefined && Object.values(reload).every((ids) => ids.length === 0);
    if (isSame) return;
    // A key that is taken away is taken away at once, whether or not the record can be written.
    if (refusal === undefined) current = next;
    const details = { what: "principals", result: refusal === undefined ? "replaced" : "refused", ...reload };
    audit.append({ kind: "reload", details }).catch(() => {});
    onReload(reload);
  };
  const watching = file === undefined ? undefined : watchFiles([file.path], look, times);

  return {
    get current() {
      return current;
    },
    get refusal() {
      return refusal;
    },
    reload: () => watching?.tell(),
    close: () => watching?.close(),
  };
}

const unchanged = { added: [], removed: [], changed: [] };

function difference(before: readonly PrincipalKeys[], after: readonly PrincipalKeys[]): PrincipalsReload {
  const [old, fresh] = [byId(before), byId(after)];
  return {
    added: [...fresh.keys()].filter((id) => !old.has(id)),
    removed: [...old.keys()].filter((id) => !fresh.has(id)),
    changed: [...fresh].filter(([id, text]) => old.has(id) && old.get(id) !== text).map(([id]) => id),
  };
}

const byId = (principals: readonly PrincipalKeys[]) =>
  new Map(principals.map((principal) => [principal.id, JSON.stringify(principal)]));
