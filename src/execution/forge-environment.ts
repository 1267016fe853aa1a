// What git and gh get in their environment beside the common pins: no configuration but ours, no program but git's own, and
// the token only for commands that talk (facts/commands: a helper would need a shell). Used by environment.ts.

/** The forge and the repository that the token is for. */
export interface Forge {
  /** E.g. https://github.com */
  readonly serverUrl: string;
  /** Never in an argv, a URL or a file: git sends it as a header to this one server, gh reads it from its environment. */
  readonly token?: string;
}

/**
 * Configuration that outweighs the clone's: nothing that a repository or a remote says starts a program, leaves for another
 * host or protocol, or takes care of the clone behind the server's back.
 */
const pins: readonly (readonly [key: string, value: string])[] = [
  ["core.fsmonitor", "false"],
  ["core.hooksPath", "/dev/null"],
  ["core.sshCommand", "/bin/false"],
  ["core.askPass", "/bin/false"],
  ["core.pager", "cat"],
  ["core.editor", "/bin/false"],
  ["core.attributesFile", "/dev/null"],
  ["core.excludesFile", "/dev/null"],
  ["core.protectHFS", "true"],
  ["core.protectNTFS", "true"],
  ["sequence.editor", "/bin/false"],
  ["gpg.program", "/bin/false"],
  ["commit.gpgSign", "false"],
  ["push.gpgSign", "false"],
  ["log.showSignature", "false"],
  ["gc.auto", "0"],
  ["maintenance.auto", "false"],
  ["submodule.recurse", "false"],
  ["fetch.recurseSubmodules", "false"],
  ["safe.bareRepository", "explicit"],
  ["http.followRedirects", "false"],
  ["advice.detachedHead", "false"],
  ["credential.helper", ""],
  ["protocol.allow", "never"],
];

/** git's environment; `talks` adds the header with the token. */
export function gitEnvironment({ serverUrl, token }: Forge, talks: boolean): Readonly<Record<string, string>> {
  const protocol = new URL(serverUrl).protocol.replace(":", "");
  const all = [
    ...pins,
    [`protocol.${protocol}.allow`, "always"] as const,
    ...(talks && token !== undefined ? [[`http.${serverUrl}/.extraHeader`, header(token)] as const] : []),
  ];
  return {
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_COUNT: String(all.length),
    ...Object.fromEntries(
      all.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
    GIT_TERMINAL_PROMPT: "0",
    GIT_ALLOW_PROTOCOL: protocol,
    GIT_OPTIONAL_LOCKS: "0",
    GIT_LITERAL_PATHSPECS: "1",
    GIT_TEMPLATE_DIR: "",
    GIT_AUTHOR_NAME: "AI SRE",
    GIT_AUTHOR_EMAIL: "ai-sre@localhost",
    GIT_COMMITTER_NAME: "AI SRE",
    GIT_COMMITTER_EMAIL: "ai-sre@localhost",
  };
}

/** As GitHub's own checkout action sends it. */
const header = (token: string): string =>
  `Authorization: Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;

/** gh's environment: one host, no prompts, no settings. `configDir` is an empty folder. */
export function ghEnvironment(
  { serverUrl, token }: Forge,
  talks: boolean,
  configDir: string,
): Readonly<Record<string, string>> {
  const { host } = new URL(serverUrl);
  const isGitHub = host === "github.com";
  const login = talks && token !== undefined ? { [isGitHub ? "GH_TOKEN" : "GH_ENTERPRISE_TOKEN"]: token } : {};
  return {
    GH_CONFIG_DIR: configDir,
    GH_HOST: host,
    GH_PROMPT_DISABLED: "1",
    GH_NO_UPDATE_NOTIFIER: "1",
    GH_NO_EXTENSION_UPDATE_NOTIFIER: "1",
    GH_SPINNER_DISABLED: "1",
    ...login,
  };
}
