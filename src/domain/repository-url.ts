// URLs of the forge: which repository one names. Pure; the work tree and `policy check` ask alike.

/** `https://github.com/o/r.git` ↔ o/r, for exactly that server; undefined for every other address. */
export function repositoryOf(remoteUrl: string, serverUrl: string): string | undefined {
  const prefix = `${serverUrl.replace(/\/+$/, "")}/`;
  if (!remoteUrl.startsWith(prefix)) return undefined;
  const name = remoteUrl.slice(prefix.length).replace(/\.git$/, "");
  return /^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/[A-Za-z0-9_.-]{1,100}$/.test(name) ? name : undefined;
}

/** Where the repository is fetched from and pushed to; never with a login in it. */
export const remoteUrlOf = (repository: string, serverUrl: string): string =>
  `${serverUrl.replace(/\/+$/, "")}/${repository}.git`;
