// What was judged is what runs: reading the rendered argv again gives the same model, for anything the grammars take.
import { describe, expect, it } from "vitest";
import { grammars } from "../../src/command/grammar/grammars.ts";
import { understand } from "../../src/command/understand.ts";
import { argvs, nameOf } from "./command-lines.ts";
import { counterexample, same } from "./counterexample.ts";
import { commandOf, read, settings } from "./reading.ts";

const quoted = (words: readonly string[]): string =>
  words.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(" ");

/** Every property below speaks of the argvs that are understood. */
const ifUnderstood = (argv: readonly string[], holds: () => boolean): boolean => !read(argv).ok || holds();

describe("parse(render(parse(x))) equals parse(x)", () => {
  it("for argvs generated from every grammar", () => {
    const seen = new Map<string, number>();
    const broken = counterexample(
      argvs,
      ({ name, argv }) =>
        ifUnderstood(argv, () => {
          seen.set(name, (seen.get(name) ?? 0) + 1);
          return same(read(commandOf(argv).argv), read(argv));
        }),
      6000,
    );
    expect(broken).toBeUndefined();
    const names = [...grammars.values()].flatMap((grammar) => grammar.verbs.map((verb) => nameOf(grammar, verb)));
    expect(names.filter((name) => (seen.get(name) ?? 0) < 20)).toEqual([]);
  });

  it("whether the words come as an argv or as a quoted command line", () => {
    const broken = counterexample(
      argvs,
      ({ argv }) => {
        const byArgv = read(argv);
        const byLine = read(quoted(argv));
        return byArgv.ok ? same(byLine, byArgv) : !byLine.ok;
      },
      2000,
    );
    expect(broken).toBeUndefined();
  });

  it("for requests for help", () => {
    for (const { argv } of [commandOf("kubectl get pods --help"), commandOf("kubectl rollout status -h")]) {
      expect(commandOf(argv).argv).toEqual(argv);
    }
  });
});

describe("the rendered argv", () => {
  it("always carries the verb's pins, each once, whatever the caller wrote", () => {
    const broken = counterexample(
      argvs,
      ({ pins, argv }) =>
        ifUnderstood(argv, () =>
          Object.entries(pins).every(([name, value]) => {
            const rendered = commandOf(argv).argv;
            const end = rendered.indexOf("--");
            const options = end < 0 ? rendered : rendered.slice(0, end);
            const words = options.filter((word) => word === name || word.startsWith(`${name}=`));
            return same(words, [value === "true" ? name : `${name}=${value}`]);
          }),
        ),
      1500,
    );
    expect(broken).toBeUndefined();
  });

  it("names the namespace exactly when the model has one", () => {
    const broken = counterexample(
      argvs,
      ({ argv }) =>
        ifUnderstood(argv, () => {
          const command = commandOf(argv);
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
