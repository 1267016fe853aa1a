// The text tools' grammars: standard input only, exact flags, no file by any spelling.
import { describe, expect, it } from "vitest";
import { commandOf, refusalOf, rendered, type Words } from "./reading.ts";

describe("the argv that runs is rendered from the model", () => {
  const table: readonly (readonly [words: Words, argv: string])[] = [
    ["grep x", "grep --regexp=x"],
    ["grep -i x -", "grep --regexp=x --ignore-case"],
    ["grep -e a -e b", "grep --regexp=a --regexp=b"],
    ["grep -- -r", "grep --regexp=-r"],
    ["grep -e -r", "grep --regexp=-r"],
    ["grep -er", "grep --regexp=r"],
    ["grep --regexp=x --count", "grep --regexp=x --count"],
    ["grep -5 x", "grep --regexp=x --context=5"],
    ["grep -A3 -B 2 x", "grep --regexp=x --after-context=3 --before-context=2"],
    ["grep -vnE 'a|b'", "grep --regexp=a|b --invert-match --line-number --extended-regexp"],
    ["grep -im1 x", "grep --regexp=x --ignore-case --max-count=1"],
    ["grep ''", "grep --regexp="],
    ["grep --silent x", "grep --regexp=x --quiet"],
    ["head", "head"],
    ["head -5", "head --lines=5"],
    ["head -n 5 -", "head --lines=5"],
    ["head -n -5", "head --lines=-5"],
    ["head -qn5", "head --lines=5 --quiet"],
    ["tail -n +2", "tail --lines=+2"],
    ["tail -20", "tail --lines=20"],
    ["sort -k2,2nr -k1", "sort --key=2,2nr --key=1"],
    ["sort -t, -nr", "sort --numeric-sort --reverse --field-separator=,"],
    ["sort --field-separator=: -u", "sort --unique --field-separator=:"],
    ["uniq -c", "uniq --count"],
    ["wc -lw", "wc --lines --words"],
    ["cut -d' ' -f1,3-", "cut --fields=1,3- --delimiter= "],
    ["cut -c-80", "cut --characters=-80"],
    ["tr a-z A-Z", "tr a-z A-Z"],
    ["tr -d -- -x", "tr --delete -- -x"],
    ["tr - _", "tr - _"],
    ["tr -cd '[:print:]'", "tr --complement --delete [:print:]"],
    ["nl -ba -w3 -s': '", "nl --body-numbering=a --number-separator=:  --number-width=3"],
    ["nl -b 'pERROR'", "nl --body-numbering=pERROR"],
    ["tac", "tac"],
    ["tac -s, -", "tac --separator=,"],
    ["rev", "rev"],
    ["column -ts,", "column --table --separator=,"],
    ["column -J -N a,b -n pods", "column --json --table-name=pods --table-columns=a,b"],
    ["paste -sd,", "paste --delimiters=, --serial"],
    ["paste - - -", "paste - - -"],
    ["paste -", "paste"],
    ["date", "date"],
    ["date -u +%FT%TZ", "date --utc +%FT%TZ"],
    ["date -d @1700000000 '+%F %T'", "date --date=@1700000000 +%F %T"],
    ["date -I", "date --iso-8601=date"],
    ["date -Iseconds", "date --iso-8601=seconds"],
    ["date --iso-8601=ns --utc", "date --utc --iso-8601=ns"],
    ["base64 -d", "base64 --decode"],
    ["base64 -w0 -", "base64 --wrap=0"],
    ["cat", "cat"],
    ["cat -n -", "cat --number"],
    ["cat -A", "cat --show-all"],
    ["grep --version", "grep --version"],
    ["sort --help", "sort --help"],
    ["grep -V", "grep --version"],
    ["rev -V", "rev --version"],
    ["column -h", "column --help"],
    ["jq -V", "jq --version"],
    ["jq -h", "jq --help"],
  ];
  it.each(table)("%j", (words, argv) => {
    expect(rendered(words)).toBe(argv);
  });

  it("reads only: no network, no namespaces, no files", () => {
    for (const words of [
      "grep x",
      "head",
      "tail",
      "sort",
      "uniq",
      "wc",
      "cut -f1",
      "tr a b",
      "jq .",
      "date",
      "paste - -",
      "cat --version",
    ]) {
      expect(commandOf(words)).toMatchObject({
        effect: "read",
        egress: false,
        verb: [],
        namespaces: [],
        allNamespaces: false,
        resources: [],
        paths: [],
        urls: [],
      });
    }
  });

  it("says which exit codes are answers", () => {
    expect(commandOf("grep x").answerExitCodes).toEqual([0, 1]);
    expect(commandOf("sort").answerExitCodes).toEqual([0]);
    expect(commandOf("sort -c").answerExitCodes).toEqual([0, 1]);
  });
});

describe("what is not understood names its token and its place", () => {
  const table: readonly (readonly [words: Words, token: string, index: number])[] = [
    ["grep", "grep", 0],
    ["grep x /etc/passwd", "/etc/passwd", 2],
    ["grep -e x y", "y", 3],
    ["grep x - -", "-", 3],
    ["grep x /dev/stdin", "/dev/stdin", 2],
    ["grep -r x", "-r", 1],
    ["grep -ir x", "-ir", 1],
    ["grep -f /etc/passwd", "-f", 1],
    ["grep -vf/etc/passwd x", "-vf/etc/passwd", 1],
    ["grep --file=/etc/passwd", "--file=/etc/passwd", 1],
    ["grep --fil=/etc/passwd", "--fil=/etc/passwd", 1],
    ["grep --rec x", "--rec", 1],
    ["grep --ignore x", "--ignore", 1],
    ["grep --ignore-case=true x", "--ignore-case=true", 1],
    ["grep -i=true x", "-i=true", 1],
    ["grep -P x", "-P", 1],
    ["grep --include=*.x x", "--include=*.x", 1],
    ["grep -d recurse x", "-d", 1],
    ["grep -ii x", "-ii", 1],
    ["grep -m x y", "-m", 1],
    ["grep -m -1 y", "-m", 1],
    ["grep -5 -C2 x", "-C2", 2],
    ["grep -A", "-A", 1],
    ["head /dev/zero", "/dev/zero", 1],
    ["head -n 1 -- /etc/passwd", "/etc/passwd", 4],
    ["head -n x", "-n", 1],
    ["head -n 5 -c 5", "-c", 3],
    ["tr a b -d", "-d", 3],
    ["rev -", "-", 1],
    ["column -", "-", 1],
    ["head -99999999", "-99999999", 1],
    ["tail -f", "-f", 1],
    ["tail -F", "-F", 1],
    ["tail -n1f", "-n1f", 1],
    ["tail -1f", "-1f", 1],
    ["tail --follow=name", "--follow=name", 1],
    ["tail --retry", "--retry", 1],
    ["tail +5", "+5", 1],
    ["sort +1", "+1", 1],
    ["sort -o/tmp/x", "-o/tmp/x", 1],
    ["sort -uo /tmp/x", "-uo", 1],
    ["sort --output=/tmp/x", "--output=/tmp/x", 1],
    ["sort --compress-program=/bin/sh", "--compress-program=/bin/sh", 1],
    ["sort -S 90%", "-S", 1],
    ["sort -T /tmp", "-T", 1],
    ["sort --files0-from=-", "--files0-from=-", 1],
    ["sort -t ab", "-t", 1],
    ["sort -k 0", "-k", 1],
    ["sort -k '1;id'", "-k", 1],
    ["uniq - /tmp/out", "/tmp/out", 2],
    ["uniq /etc/passwd", "/etc/passwd", 1],
    ["wc /etc/passwd", "/etc/passwd", 1],
    ["wc --files0-from=-", "--files0-from=-", 1],
    ["cut -f a", "-f", 1],
    ["cut -f1 /proc/self/environ", "/proc/self/environ", 2],
    ["tr", "tr", 0],
    ["tr a b c", "c", 3],
    [["tr", "a".repeat(513)], `${"a".repeat(120)}…`, 1],
    ["nl /etc/passwd", "/etc/passwd", 1],
    ["nl -b x", "-b", 1],
    ["tac /etc/passwd", "/etc/passwd", 1],
    ["rev /etc/passwd", "/etc/passwd", 1],
    ["rev -V x", "-V", 1],
    ["column /etc/passwd", "/etc/passwd", 1],
    ["column -t /etc/passwd", "/etc/passwd", 2],
    ["paste /etc/passwd -", "/etc/passwd", 1],
    ["paste - /etc/passwd", "/etc/passwd", 2],
    [["paste", ...Array.from({ length: 17 }, () => "-")], "-", 17],
    ["date -s 2020-01-01", "-s", 1],
    ["date --set=2020-01-01", "--set=2020-01-01", 1],
    ["date -us 2020-01-01", "-us", 1],
    ["date 010100002020", "010100002020", 1],
    ["date -f /etc/passwd", "-f", 1],
    ["date --file=/etc/passwd", "--file=/etc/passwd", 1],
    ["date -r /etc/passwd", "-r", 1],
    ["date --date='TZ=\"/etc/passwd\" now'", '--date=TZ="/etc/passwd" now', 1],
    ["date +%s +%F", "+%F", 2],
    ["date -Ihour", "-Ihour", 1],
    ["date --iso-8601 seconds", "seconds", 2],
    ["base64 /etc/passwd", "/etc/passwd", 1],
    ["base64 -d /etc/passwd", "/etc/passwd", 2],
    ["base64 -D", "-D", 1],
    ["grep --version x", "--version", 1],
    ["grep -V x", "-V", 1],
    ["cat - -", "-", 2],
    ["cat -- /etc/passwd", "/etc/passwd", 2],
    ["cat /etc/passwd", "/etc/passwd", 1],
    ["sh -c id", "sh", 0],
    ["xargs rm", "xargs", 0],
  ];
  it.each(table)("%j", (words, token, index) => {
    const refusal = refusalOf(words);
    expect({ token: refusal.token, position: refusal.position }).toEqual({ token, position: { stage: 0, index } });
    expect(refusal.message).toMatch(/^.{10,}\.$/);
  });

  it("teaches the exact spelling of an abbreviation", () => {
    expect(refusalOf("grep --ignore x").try).toBe("--ignore-case");
    expect(refusalOf("sort --uniq").try).toBe("--unique");
    expect(refusalOf("tail -f").message).toMatch(/does not end/);
    expect(refusalOf("grep -P x").try).toBe("--extended-regexp");
  });
});
