// What the real binaries take beside what our grammars understand: data for spelling attacks in their other ways. Names of one
// flag, then how many values follow (`?`: one, glued or none). From the manuals of kubectl 1.35, helm 4, git 2.39, gh 2, flux 2,
// curl 8, GNU grep, sed, gawk and coreutils, jq 1.7 and yq 4.

const table: Readonly<Record<string, string>> = {
  kubectl: `-n --namespace 1; -A --all-namespaces 0; -s --server 1; -f --filename 1; -k --kustomize 1; -R --recursive 0; -v --v 1;
    -w --watch 0; -o --output 1; -l --selector 1; -c --container 1; -i --stdin 0; -t --tty 0; --context 1; --cluster 1; --user 1;
    --as 1; --as-group 1; --as-uid 1; --token 1; --kubeconfig 1; --raw 1; --subresource 1; --template 1; --cache-dir 1; --image 1;
    --certificate-authority 1; --client-certificate 1; --client-key 1; --tls-server-name 1; --profile 1; --profile-output 1;
    --insecure-skip-tls-verify 0; --force 0; --all 0; --prune 0; --watch-only 0; --match-server-version 0; --grace-period 1;
    --overrides 1; --patch-file 1; --from-file 1; --chunk-size 1; --address 1; --accept-hosts 1; --port 1`,
  helm: `-n --namespace 1; -A --all-namespaces 0; -f --values 1; -a --all 0; -q --short 0; -o --output 1; -l --selector 1;
    --kube-context 1; --kube-apiserver 1; --kube-token 1; --kube-as-user 1; --kube-as-group 1; --kubeconfig 1; --post-renderer 1;
    --set 1; --set-file 1; --repository-config 1; --registry-config 1; --kube-insecure-skip-tls-verify 0; --debug 0`,
  flux: `-n --namespace 1; -A --all-namespaces 0; -w --watch 0; -s --silent 0; --kubeconfig 1; --context 1; --server 1; --as 1;
    --as-group 1; --token 1; --force 0; --reset 0; --all 0; --timeout 1; --verbose 0; --insecure-skip-tls-verify 0`,
  git: `-c 1; -C 1; -p --paginate 0; --git-dir 1; --work-tree 1; --exec-path ?; --config-env 1; --upload-pack 1; --receive-pack 1;
    --exec 1; --output 1; -O --open-files-in-pager ?; -F --file 1; -t --template 1; --no-index 0; --ext-diff 0; --textconv 0;
    --contents 1; --pathspec-from-file 1; -f --force 0; -d --delete 0; --mirror 0; --tags 0; --prune 0; --repo 1; --amend 0;
    --recurse-submodules ?; -u --set-upstream 0; -a --all 0; -m --message 1; --format 1; --config 1; --extcmd 1`,
  gh: `-R --repo 1; -w --web 0; -F --body-file 1; -b --body 1; -q --jq 1; -t --template 1; -H --header 1; -L --limit 1; --json 1;
    --hostname 1; --input 1; -X --method 1; -f --raw-field 1; -B --base 1`,
  curl: `-o --output 1; -O --remote-name 0; -K --config 1; -d --data 1; --data-binary 1; --data-raw 1; --data-urlencode 1;
    -F --form 1; -T --upload-file 1; -H --header 1; -b --cookie 1; -c --cookie-jar 1; -u --user 1; -x --proxy 1; -X --request 1;
    -L --location 0; -k --insecure 0; -n --netrc 0; -w --write-out 1; -m --max-time 1; -s --silent 0; -S --show-error 0;
    -G --get 0; -g --globoff 0; -I --head 0; -f --fail 0; -v --verbose 0; -A --user-agent 1; -e --referer 1; -E --cert 1;
    -Z --parallel 0; -J --remote-header-name 0; -D --dump-header 1; --trace 1; --trace-ascii 1; --stderr 1; --alt-svc 1;
    --resolve 1; --connect-to 1; --unix-socket 1; --interface 1; --proto 1; --proto-redir 1; --url 1; --output-dir 1;
    --location-trusted 0; --socks5-hostname 1; --doh-url 1; --dns-servers 1; --cacert 1; --capath 1; --key 1; --next 0`,
  grep: `-f --file 1; -r --recursive 0; -R --dereference-recursive 0; -d --directories 1; -D --devices 1; -P --perl-regexp 0;
    -z --null-data 0; -a --text 0; -e --regexp 1; -L --files-without-match 0; -l --files-with-matches 0; --include 1; --exclude 1;
    --exclude-from 1; --exclude-dir 1`,
  sed: `-i --in-place ?; -f --file 1; -s --separate 0; -e --expression 1; -z --null-data 0; -l --line-length 1;
    --follow-symlinks 0; --posix 0; -n --quiet 0`,
  gawk: `-f --file 1; -v --assign 1; -F --field-separator 1; -i --include 1; -l --load 1; -e --source 1; -E --exec 1;
    -o --pretty-print ?; -d --dump-variables ?; -p --profile ?; -D --debug ?; -S --sandbox 0`,
  jq: `-f --from-file 1; -L --library-path 1; --slurpfile 2; --rawfile 2; --arg 2; --argjson 2; -n --null-input 0; -e --exit-status 0`,
  yq: `-i --inplace 0; -s --split-exp 1; -n --null-input 0; -P --prettyPrint 0; -f --front-matter 1; --from-file 1;
    -o --output-format 1; -p --input-format 1; --split-exp-file 1`,
  sort: `-o --output 1; -S --buffer-size 1; -T --temporary-directory 1; --compress-program 1; --files0-from 1; --parallel 1;
    --random-source 1; -k --key 1; -t --field-separator 1; -m --merge 0`,
  tail: `-f --follow ?; -n --lines 1; -c --bytes 1; -s --sleep-interval 1; --pid 1; --retry 0`,
  head: `-n --lines 1; -c --bytes 1`,
  wc: `--files0-from 1; -c --bytes 0; -l --lines 0`,
  date: `-f --file 1; -r --reference 1; -s --set 1; -d --date 1; -u --utc 0`,
  cut: `-f --fields 1; -d --delimiter 1; -c --characters 1; -b --bytes 1; -s --only-delimited 0`,
  base64: `-w --wrap 1; -d --decode 0; -i --ignore-garbage 0`,
};

export interface RealFlag {
  readonly names: readonly string[];
  /** How many words follow; `optional` takes one only when it is glued. */
  readonly takes: 0 | 1 | 2 | "optional";
}

/** By binary. */
export const realFlags: ReadonlyMap<string, readonly RealFlag[]> = new Map(
  Object.entries(table).map(([binary, rows]) => [binary, rows.split(";").map(read)]),
);

function read(row: string): RealFlag {
  const words = row.trim().split(/\s+/);
  const takes = words.at(-1);
  return {
    names: words.slice(0, -1),
    takes: takes === "?" ? "optional" : takes === "2" ? 2 : takes === "1" ? 1 : 0,
  };
}
