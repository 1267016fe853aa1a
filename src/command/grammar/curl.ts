// curl 7.76 to 8, checked against 7.88.1: one request, built anew from what was understood (curl's own man page, tool_getparam.c).
import { refusedFlags } from "./curl-refusals.ts";
import { toggle } from "./text.ts";
import type { Flag, Grammar } from "./types.ts";

/** A switch that we always set; a caller may repeat it. */
const pinned = (name: `--${string}`, ...aliases: readonly string[]): Flag => ({
  ...toggle(name, ...aliases),
  class: "pin",
});
const pinnedTo = (name: `--${string}`, value: string): Flag => ({
  name,
  type: { kind: "enum", values: [value] },
  class: "pin",
});
const seconds = (name: `--${string}`, max: number, ...aliases: readonly string[]): Flag => ({
  name,
  aliases,
  type: { kind: "integer", min: 1, max },
  class: "limit",
});

/** Variables of --write-out that say how a request went; `%output{…}`, `%header{…}` and `@file` are not understood. */
const facts =
  "content_type|http_code|http_version|method|num_connects|num_headers|num_redirects|redirect_url|remote_ip|remote_port|response_code|scheme|size_download|size_header|size_request|speed_download|ssl_verify_result|time_appconnect|time_connect|time_namelookup|time_pretransfer|time_redirect|time_starttransfer|time_total|url|url_effective";
const report = new RegExp(`^(?:%\\{(?:${facts})\\}|%%|\\\\[nt]|[A-Za-z0-9 :;=,._/()-])+$`);

/**
 * Headers that say something else than the URL and the method do: another host, path or method to the servers behind, where
 * the request ends, or whom a proxy takes it from.
 */
const misleading =
  "host|connection|content-length|transfer-encoding|te|trailer|upgrade|expect|forwarded|via|(?:proxy|x-forwarded|x-original|x-rewrite|x-http-method|x-method|x-host)(?:-[a-z-]+)?";

export const curl: Grammar = {
  spec: {
    name: "curl",
    sandbox: "curl",
    probe: ["--version"],
    versionPattern: /^curl ([0-9]+\.[0-9]+)/,
    atLeast: "7.76",
    below: "9.0",
  },
  syntax: {
    // From 8.16 curl takes `--x=v`, before it does not: only what every version reads alike is understood.
    longEquals: false,
    gluedShorts: true,
    shortEquals: false,
    booleanValues: false,
    foldUnderscores: false,
    doubleDash: false,
  },
  globalFlags: [],
  verbs: [
    {
      verb: [],
      // The method says more: see operands/request.ts.
      effect: "read",
      egress: true,
      operands: { kind: "request" },
      answers: [{ codes: [0] }],
      defaults: { "--max-time": "30", "--connect-timeout": "5" },
      // --disable must come first: only there it keeps curl from reading ~/.curlrc.
      pins: {
        "--disable": "true",
        "--proto": "=http,https",
        "--proto-redir": "=https",
        "--globoff": "true",
        "--max-redirs": "0",
        "--silent": "true",
        "--show-error": "true",
      },
      flags: [
        { ...pinned("--disable", "-q"), rendered: "-q" },
        pinnedTo("--proto", "=http,https"),
        pinnedTo("--proto-redir", "=https"),
        pinned("--globoff", "-g"),
        pinnedTo("--max-redirs", "0"),
        pinned("--silent", "-s"),
        pinned("--show-error", "-S"),
        seconds("--max-time", 50, "-m"),
        seconds("--connect-timeout", 30),
        toggle("--fail", "-f"),
        toggle("--fail-with-body"),
        toggle("--include", "-i"),
        toggle("--compressed"),
        toggle("--head", "-I"),
        toggle("--get", "-G"),
        {
          name: "--request",
          aliases: ["-X"],
          type: { kind: "enum", values: ["GET", "POST", "PUT", "DELETE"] },
          class: "filter",
        },
        {
          name: "--header",
          aliases: ["-H"],
          // No `@file`, no empty value (which removes a header), no line break.
          type: {
            kind: "pattern",
            pattern: new RegExp(`^(?!(?:${misleading}):)[A-Za-z][A-Za-z0-9-]{0,63}: [!-~](?:[ -~]{0,254}[!-~])?$`, "i"),
            looksLike: "'Accept: application/json', and not be one that leads elsewhere than the URL",
          },
          multi: true,
          class: "filter",
        },
        {
          name: "--data-urlencode",
          // The first `=` ends the name; without one curl would look for a file after `@`.
          type: {
            kind: "pattern",
            pattern: /^[A-Za-z_][A-Za-z0-9_.-]{0,63}(?:\[\])?=/,
            looksLike: "'query=up', a name, `=` and the text",
          },
          multi: true,
          class: "filter",
        },
        { name: "--output", aliases: ["-o"], type: { kind: "enum", values: ["/dev/null"] }, class: "output" },
        {
          name: "--write-out",
          aliases: ["-w"],
          type: { kind: "pattern", pattern: report, looksLike: "'%{http_code} %{time_total}\\n'" },
          class: "output",
        },
        toggle("--version", "-V"),
      ],
    },
  ],
  refusedFlags,
};
