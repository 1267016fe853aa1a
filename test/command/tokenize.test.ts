// The two readers of a command line: which words they agree on, and what they refuse and why.
import { describe, expect, it } from "vitest";
import { crossRead } from "../../src/command/cross-read.ts";
import { tokenize } from "../../src/command/tokenize.ts";
import { refusalOf, rendered } from "./reading.ts";

function words(line: string): readonly (readonly string[])[] {
  const ours = tokenize(line);
  if (!ours.ok) throw new Error(ours.refusal.message);
  const both = crossRead(line, ours.value);
  if (!both.ok) throw new Error(both.refusal.message);
  return both.value.map((stage) => stage.map(({ text }) => text));
}

describe("words that both readers agree on", () => {
  const table: readonly (readonly [line: string, words: readonly (readonly string[])[]])[] = [
    ["  kubectl   get\tpods ", [["kubectl", "get", "pods"]]],
    ["grep 'a b'\"c d\"e", [["grep", "a bc de"]]],
    ["grep ''", [["grep", ""]]],
    ['grep ""', [["grep", ""]]],
    ["grep a\\ b", [["grep", "a b"]]],
    ['grep "say \\"hi\\" \\\\ there"', [["grep", 'say "hi" \\ there']]],
    ['grep "a\\d"', [["grep", "a\\d"]]],
    ["grep '#' | head", [["grep", "#"], ["head"]]],
    ["grep a|head", [["grep", "a"], ["head"]]],
    ["grep 'a|b'", [["grep", "a|b"]]],
    ["grep '$HOME `id` ; & > <'", [["grep", "$HOME `id` ; & > <"]]],
    ["grep \\$HOME\\;", [["grep", "$HOME;"]]],
    [
      "kubectl get pods -o jsonpath={.items[*].metadata.name}",
      [["kubectl", "get", "pods", "-o", "jsonpath={.items[*].metadata.name}"]],
    ],
    ["grep what?*", [["grep", "what?*"]]],
    ["grep \\*", [["grep", "*"]]],
    ["grep a~b=c!{}[]", [["grep", "a~b=c!{}[]"]]],
    ["grep grün | head", [["grep", "grün"], ["head"]]],
    ["grep 🙂", [["grep", "🙂"]]],
    ["kubectl get pods -l 'app in (web,api)'", [["kubectl", "get", "pods", "-l", "app in (web,api)"]]],
    ["jq '.a\n| .b'", [["jq", ".a\n| .b"]]],
  ];
  it.each(table)("%j", (line, expected) => {
    expect(words(line)).toEqual(expected);
  });
});

describe("what a shell would act on is refused, with the token and its place", () => {
  const table: readonly (readonly [line: string, stage: number, index: number, token: string])[] = [
    ["kubectl get pods; id", 0, 2, "pods;"],
    ["kubectl get pods && id", 0, 3, "&&"],
    ["kubectl get pods &", 0, 3, "&"],
    ["kubectl get pods || id", 0, 3, "||"],
    ["kubectl get pods |& head", 0, 3, "|&"],
    ["kubectl get pods > /tmp/x", 0, 3, ">"],
    ["kubectl get pods 2>&1", 0, 3, "2>&1"],
    ["kubectl get pods < /etc/passwd", 0, 3, "<"],
    ["kubectl get pods | grep x << EOF", 1, 2, "<<"],
    ["kubectl get $(id)", 0, 2, "$(id)"],
    ["kubectl get `id`", 0, 2, "`id`"],
    ["kubectl get $HOME", 0, 2, "$HOME"],
    ["kubectl get ${IFS}", 0, 2, "${IFS}"],
    ['grep "$HOME"', 0, 1, '"$HOME"'],
    ['grep "`id`"', 0, 1, '"`id`"'],
    ["kubectl get pods # comment", 0, 3, "#"],
    ["grep ~/x", 0, 1, "~/x"],
    ["(kubectl get pods)", 0, 0, "(kubectl"],
    ["kubectl get <(id)", 0, 2, "<(id)"],
    ["kubectl get pods\\", 0, 2, "pods\\"],
    ["grep 'open", 0, 1, "'open"],
    ['grep "open', 0, 1, '"open'],
    ["grep $'a\\x41'", 0, 1, "$'a\\x41'"],
  ];
  it.each(table)("%j", (line, stage, index, token) => {
    const refusal = refusalOf(line);
    expect(refusal.position).toEqual({ stage, index });
    expect(refusal.token).toBe(token);
    expect(refusal.message).not.toBe("");
  });

  it.each(["", "   ", "\t", "|", "kubectl get pods |", "| head", "kubectl get pods | | head"])(
    "an empty stage: %j",
    (line) => {
      expect(refusalOf(line).message).toMatch(/empty/);
    },
  );

  it("a line break never begins a second command", () => {
    expect(refusalOf("kubectl get pods\nid").message).toMatch(/line break/);
    expect(refusalOf("kubectl get pods\r\nid").message).toMatch(/line break/);
    expect(refusalOf("kubectl get \\\npods").message).toMatch(/backslash/i);
  });

  it("an assignment before the command is no binary that is known", () => {
    expect(refusalOf("KUBECONFIG=/tmp/x kubectl get pods").token).toBe("KUBECONFIG=/tmp/x");
  });
});

describe("where the readers disagree, the line is refused", () => {
  it("an inner # is text to a shell and a comment to shell-quote", () => {
    expect(refusalOf("grep a#b")).toEqual({
      message: "Two readers of this command line disagree about its words.",
      token: "a#b",
      position: { stage: 0, index: 1 },
      try: "quote the word with single quotes, or give argv instead of command",
    });
    expect(rendered("grep 'a#b'")).toBe("grep --regexp=a#b");
  });

  it("a word of ours that shell-quote does not have is refused", () => {
    const ours = tokenize("grep x");
    if (!ours.ok) throw new Error("not read");
    expect(crossRead("grep", ours.value).ok).toBe(false);
    expect(crossRead("grep x y", ours.value).ok).toBe(false);
    expect(crossRead("grep | x", ours.value).ok).toBe(false);
    expect(crossRead("grep > x", ours.value).ok).toBe(false);
    expect(crossRead("grep x # y", ours.value).ok).toBe(false);
  });
});

describe("characters that deceive are refused wherever they stand", () => {
  const table: readonly (readonly [name: string, char: string])[] = [
    ["NUL", "\u0000"],
    ["escape", "\u001b"],
    ["delete", "\u007f"],
    ["a C1 control", "\u0085"],
    ["no-break space", "\u00a0"],
    ["ideographic space", "\u3000"],
    ["line separator", "\u2028"],
    ["paragraph separator", "\u2029"],
    ["zero-width space", "\u200b"],
    ["zero-width joiner", "\u200d"],
    ["right-to-left override", "\u202e"],
    ["isolate", "\u2066"],
    ["byte-order mark", "\ufeff"],
    ["soft hyphen", "\u00ad"],
    ["Hangul filler", "\u3164"],
    ["Braille blank", "\u2800"],
    ["variation selector", "\ufe0f"],
    ["tag letter", "\u{e0061}"],
    ["private use", "\ue000"],
    ["half of a pair", "\ud800"],
    ["the other half", "\udc00"],
  ];
  it.each(table)("%s", (_name, char) => {
    expect(refusalOf(`grep a${char}b`).message).toMatch(/holds/);
    expect(refusalOf(`grep 'a${char}b'`).message).toMatch(/holds/);
    expect(refusalOf(["grep", `a${char}b`]).position).toEqual({ stage: 0, index: 1 });
    expect(refusalOf(["jq", `"a${char}b"`]).position).toEqual({ stage: 0, index: 1 });
  });

  it("a refusal shows such a character as an escape", () => {
    expect(refusalOf(["grep", "a\u202eb"]).token).toBe("a\\u{202e}b");
    expect(refusalOf(["\u001b[31m"]).token).toBe("\\u{1b}[31m");
  });

  it("only a jq program may span lines", () => {
    expect(refusalOf(["grep", "a\nb"]).message).toMatch(/line break/);
    expect(refusalOf(["jq", "--arg", "x", "a\nb", "."]).message).toMatch(/line break/);
    expect(refusalOf(["kubectl", "get", "pods", "web\n1"]).message).toMatch(/line break/);
    expect(rendered(["jq", ".a\n\t| .b"])).toBe("jq .a\n\t| .b");
  });
});
