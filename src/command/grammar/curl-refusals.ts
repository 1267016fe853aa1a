// curl's flags that we know and never understand: each reads or writes a file, sends something, goes elsewhere or trusts more.
import { refusalTable } from "./refusal-table.ts";
import type { KnownRefusal } from "./types.ts";

const writes: KnownRefusal = {
  message: "it writes a file; the answer comes back on standard output.",
  try: "leave it out",
};
const sends: KnownRefusal = {
  message: "it sends a body, a file or a cookie.",
  try: "--get --data-urlencode 'name=value' puts data into the URL",
};
const reads: KnownRefusal = { message: "it takes options or keys from a file.", try: "leave it out" };
const elsewhere: KnownRefusal = {
  message: "it leads the request to another place than the URL says.",
  try: "give the one URL that is meant",
};
const redirects: KnownRefusal = {
  message: "redirects are not followed: each place is judged for itself.",
  try: "--head shows where it would lead; call that URL on its own",
};
const identity: KnownRefusal = { message: "no credentials are sent.", try: "leave it out" };
const trust: KnownRefusal = { message: "it weakens or changes how TLS is checked.", try: "leave it out" };
const repeats: KnownRefusal = { message: "one call makes one request.", try: "one call per URL" };
const talks: KnownRefusal = {
  message: "it prints the conversation.",
  try: "--include shows the headers of the answer",
};

export const refusedFlags = refusalTable(
  [
    "-O --remote-name --remote-name-all -J --remote-header-name --output-dir --create-dirs -D --dump-header -c --cookie-jar --trace --trace-ascii --stderr --alt-svc --hsts --etag-save --libcurl --remote-time -R --xattr",
    writes,
  ],
  [
    "-d --data --data-raw --data-binary --data-ascii --json -F --form --form-string -T --upload-file -b --cookie --url-query --etag-compare",
    sends,
  ],
  ["-K --config -n --netrc --netrc-file --netrc-optional -z --time-cond", reads],
  [
    "-x --proxy --preproxy -p --proxytunnel --socks4 --socks4a --socks5 --socks5-hostname --connect-to --resolve --unix-socket --abstract-unix-socket --interface --dns-servers --dns-interface --doh-url --haproxy-protocol --request-target --path-as-is --noproxy --url",
    elsewhere,
  ],
  ["-L --location --location-trusted --post301 --post302 --post303", redirects],
  [
    "-u --user --oauth2-bearer --delegation --aws-sigv4 --anyauth --basic --digest --negotiate --ntlm -U --proxy-user --proxy-header -A --user-agent -e --referer",
    identity,
  ],
  [
    "-k --insecure --proxy-insecure --doh-insecure -E --cert --key --cacert --capath --ciphers --tls-max --ssl-reqd --pinnedpubkey --crlfile --engine",
    trust,
  ],
  ["-: --next -Z --parallel --parallel-max --retry --retry-all-errors --rate -r --range -C --continue-at", repeats],
  ["-v --verbose -# --progress-bar --trace-time -N --no-buffer -M --manual -h --help", talks],
);
