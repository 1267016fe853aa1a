// What git and gh get in their environment beside the common pins: no configuration but ours, no program but git's own. The
// token is none of it: the broker adds it to what they send. Used by environment.ts.

export interface Forge {
  /** E.g. https://github.com */
  readonly serverUrl: string;
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

/** What a command that talks says to the broker, which reads plain http and speaks TLS itself. */
const talking = (serverUrl: string): typeof pins => [
  ["http.proxyAuthMethod", "basic"],
  ["protocol.http.allow", "always"],
  ...(serverUrl.startsWith("https://")
    ? [[`url.${serverUrl.replace(/^https/, "http")}/.insteadOf`, `${serverUrl}/`] as const]
    : []),
];

/** git's environment; without `talks` it knows no protocol at all. */
export function gitEnvironment({ serverUrl }: Forge, talks: boolean): Readonly<Record<string, string>> {
  const all = [...pins, ...(talks ? talking(serverUrl) : [])];
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
    GIT_ALLOW_PROTOCOL: talks ? "http" : "",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_LITERAL_PATHSPECS: "1",
    GIT_TEMPLATE_DIR: "",
    GIT_AUTHOR_NAME: "AI SRE",
    GIT_AUTHOR_EMAIL: "ai-sre@localhost",
    GIT_COMMITTER_NAME: "AI SRE",
    GIT_COMMITTER_EMAIL: "ai-sre@localhost",
  };
}

/** gh's environment: one host, no prompts, no settings. `configDir` holds one: the socket that it speaks to. */
export function ghEnvironment({ serverUrl }: Forge, configDir: string): Readonly<Record<string, string>> {
  const { host } = new URL(serverUrl);
  return {
    GH_CONFIG_DIR: configDir,
    GH_HOST: host,
    GH_PROMPT_DISABLED: "1",
    GH_NO_UPDATE_NOTIFIER: "1",
    GH_NO_EXTENSION_UPDATE_NOTIFIER: "1",
    GH_SPINNER_DISABLED: "1",
  };
}
