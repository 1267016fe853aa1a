// What was judged is what runs: reading the rendered argv again gives the same model, for anything the grammars take.
import { describe, expect, it } from "vitest";
import { grammars } from "../../src/command/grammar/grammars.ts";
import { understand } from "../../src/command/understand.ts";
import { argvs, type Generated, nameOf } from "./command-lines.ts";
import { counterexample, same } from "./counterexample.ts";
import { commandOf, planOf, read, settings } from "./reading.ts";

const quoted = (words: readonly string[]): string =>
  words.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(" ");

/** Every property below speaks of the argvs that are understood. */
const ifUnderstood = ({ argv, stdin }: Generated, holds: () => boolean): boolean => !read(argv, stdin).ok || holds();

describe("parse(render(parse(x))) equals parse(x)", () => {
  it("for argvs generated from every grammar", () => {
    const seen = new Map<string, number>();
    const broken = counterexample(
      argvs,
      (generated) =>
        ifUnderstood(generated, () => {
          const { name, argv, stdin } = generated;
          seen.set(name, (seen.get(name) ?? 0) + 1);
          const [step] = planOf(argv, stdin).steps;
          return same(read(step?.stages[0]?.argv ?? [], step?.stdin), read(argv, stdin));
        }),
      16_000,
    );
    expect(broken).toBeUndefined();
    const names = [...grammars.values()].flatMap((grammar) => grammar.verbs.map((verb) => nameOf(grammar, verb)));
    expect(names.filter((name) => (seen.get(name) ?? 0) < 20)).toEqual([]);
  });

  it("whether the words come as an argv or as a quoted command line", () => {
    const broken = counterexample(
      argvs,
      ({ argv, stdin }) => {
        const byArgv = read(argv, stdin);
        const byLine = read(quoted(argv), stdin);
        return byArgv.ok ? same(byLine, byArgv) : !byLine.ok;
      },
      2000,
    );
    expect(broken).toBeUndefined();
  });

  it("for requests for help", () => {
    for (const { argv } of [
      commandOf("kubectl get pods --help"),
      commandOf("kubectl rollout status -h"),
      commandOf("yq -V"),
    ]) {
      expect(commandOf(argv).argv).toEqual(argv);
    }
  });
});

/** What only prints about itself reaches nothing, and needs no pins. */
const prints = (argv: readonly string[], stdin?: string): boolean =>
  commandOf(argv, stdin).flags["--version"] !== undefined;

/** `--name=value`, `--name value`, or a switch under one of its spellings. */
function carriesOnce(argv: readonly string[], name: string, value: string): boolean {
  const spellings = [name, ...(shortPins.get(name) ?? [])];
  const end = argv.findIndex((word) => word === "--" || word === "--end-of-options");
  const options = end < 0 ? argv : argv.slice(0, end);
  const at = options.flatMap((word, index) => (spellings.includes(word) || word.startsWith(`${name}=`) ? [index] : []));
  const [first] = at;
  if (first === undefined || at.length > 1) return false;
  const word = argv[first] ?? "";
  return word === `${name}=${value}` || value === "true" || argv[first + 1] === value;
}

/** Pins that a binary recognises by another spelling than their name. */
const shortPins: ReadonlyMap<string, readonly string[]> = new Map([["--disable", ["-q"]]]);

describe("the rendered argv", () => {
  it("always carries the verb's pins, each once, whatever the caller wrote", () => {
    const broken = counterexample(
      argvs,
      (generated) =>
        ifUnderstood(
          generated,
          () =>
            prints(generated.argv, generated.stdin) ||
            Object.entries(generated.pins).every(([name, value]) =>
              carriesOnce(commandOf(generated.argv, generated.stdin).argv, name, value),
            ),
        ),
      1500,
    );
    expect(broken).toBeUndefined();
  });

  it("names the namespace exactly when the model has one", () => {
    const broken = counterexample(
      argvs,
      (generated) =>
        ifUnderstood(generated, () => {
          const command = commandOf(generated.argv, generated.stdin);
          const scope = command.argv.filter((word) => word.startsWith("--namespace="));
          return (
            same(
              scope,
              command.namespaces.map((name) => `--namespace=${name}`),
            ) &&
            command.argv.includes("--all-namespaces") === command.allNamespaces &&
            !(command.allNamespaces && command.namespaces.length > 0)
          );
        }),
      1500,
    );
    expect(broken).toBeUndefined();
  });

  it("follows the site's default namespace, never the kubeconfig's", () => {
    const draft = { action: "command", steps: [{ argv: ["kubectl", "get", "pods"] }] } as const;
    expect(understand(draft, { ...settings, defaultNamespace: "apps" })).toMatchObject({
      ok: true,
      plan: { steps: [{ stages: [{ namespaces: ["apps"] }] }] },
    });
  });
});
