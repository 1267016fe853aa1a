// One flag, written in another way that its binary takes for the same: glued, split, with `=`, by another name, bundled, short of
// some letters, with `_` for `-`, with a value for a switch, twice.
import type { FlagPart } from "./parts.ts";
import { isLong, overFlags, overParts, type Transformation } from "./transformation.ts";

const one = (part: FlagPart, same: boolean) => ({ to: [part], same });
const namesOf = ({ flag, spelled }: FlagPart) => flag?.names ?? [spelled];
const hasValue = ({ values }: FlagPart): boolean => values.length === 1;

const split: Transformation = {
  name: "split",
  atLeast: 130,
  of: overFlags((part) =>
    hasValue(part) && part.form !== "split" ? [one({ ...part, form: "split" }, part.flag?.takes === 1)] : [],
  ),
};

const glued: Transformation = {
  name: "glued",
  atLeast: 250,
  of: overFlags((part, { grammar }) =>
    hasValue(part) && part.values[0] !== ""
      ? namesOf(part)
          .filter((name) => !isLong(name))
          .map((spelled) => one({ ...part, spelled, form: "glued" }, grammar?.syntax.gluedShorts === true))
      : [],
  ),
};

const equals: Transformation = {
  name: "equals",
  atLeast: 600,
  of: overFlags((part, { grammar }) =>
    hasValue(part)
      ? namesOf(part).map((spelled) => {
          const { longEquals, shortEquals } = grammar?.syntax ?? {};
          return one({ ...part, spelled, form: "equals" }, (isLong(spelled) ? longEquals : shortEquals) === true);
        })
      : [],
  ),
};

/** `--context prod` is one flag to whoever knows it, and the corpus holds flags that nobody here knows. */
const joined: Transformation = {
  name: "joined with the next word",
  atLeast: 150,
  of: overParts(({ parts }) =>
    parts.flatMap((part, at) => {
      const next = parts[at + 1];
      if (part.kind !== "flag" || part.form !== "bare" || next?.kind !== "operand") return [];
      return [{ to: parts.toSpliced(at, 2, { ...part, values: [next.text], form: "equals" }), same: false }];
    }),
  ),
};

const alias: Transformation = {
  name: "another name",
  atLeast: 400,
  of: overFlags((part) =>
    namesOf(part)
      .filter((name) => name !== part.spelled && !(part.form === "glued" && isLong(name)))
      .map((spelled) => one({ ...part, spelled }, part.form !== "equals")),
  ),
};

const underscores: Transformation = {
  name: "underscores",
  atLeast: 120,
  of: overFlags((part, { grammar }) => {
    const { spelled } = part;
    if (!/^--.*-/.test(spelled)) return [];
    const name = spelled.slice(2);
    const folded = [name.replaceAll("-", "_"), name.replace("-", "_"), name.replace(/-(?!.*-)/, "_")];
    return [...new Set(folded)].map((text) =>
      one({ ...part, spelled: `--${text}` }, grammar?.syntax.foldUnderscores === true),
    );
  }),
};

const dashes: Transformation = {
  name: "dashes for underscores",
  atLeast: 5,
  of: overFlags((part) =>
    /^--.*_/.test(part.spelled) ? [one({ ...part, spelled: part.spelled.replaceAll("_", "-") }, false)] : [],
  ),
};

/** What getopt_long, git and curl complete. An exact name of another flag is no abbreviation. */
const abbreviated: Transformation = {
  name: "abbreviated",
  atLeast: 4000,
  of: overFlags((part, { flags }) => {
    const long = namesOf(part).filter(isLong);
    const taken = new Set(flags.filter((flag) => flag !== part.flag).flatMap(({ names }) => names));
    return long.flatMap((name) =>
      Array.from({ length: name.length - 3 }, (_none, at) => name.slice(0, at + 3))
        .filter((prefix) => !taken.has(prefix) && prefix !== part.spelled)
        .map((spelled) => one({ ...part, spelled, form: part.form === "glued" ? "equals" : part.form }, false)),
    );
  }),
};

const switchValues: Transformation = {
  name: "a switch with a value",
  atLeast: 1300,
  of: overFlags((part, { grammar }) =>
    part.form === "bare" && part.flag?.takes === 0
      ? ["true", "TRUE", "True", "t", "T", "1"].map((value) =>
          one({ ...part, values: [value], form: "equals" }, grammar?.syntax.booleanValues === true),
        )
      : [],
  ),
};

const twice: Transformation = {
  name: "given twice",
  atLeast: 1300,
  of: overParts(({ parts }) =>
    parts.flatMap((part, at) =>
      part.kind === "flag"
        ? [
            { to: parts.toSpliced(at, 0, part), same: false },
            { to: [part, ...parts], same: false },
          ]
        : [],
    ),
  ),
};

/** A harmless value first: where the last one wins, the attack still does. */
const harmless: Readonly<Record<string, string>> = {
  "--namespace": "default",
  "--tail": "5",
  "--limit-bytes": "5",
  "--output": "name",
  "--replicas": "1",
  "--dry-run": "server",
  "--timeout": "5s",
  "--repo": "o/r",
};

const decoy: Transformation = {
  name: "behind a harmless value",
  atLeast: 130,
  of: overFlags((part) => {
    const value = harmless[namesOf(part).find(isLong) ?? ""];
    return value === undefined || part.values.length === 0
      ? []
      : [{ to: [{ ...part, values: [value] }, part], same: false }];
  }),
};

/** Switches that take an attack's edge off: curl's `-g` makes text of what would be a pattern for many URLs. */
const disarming = new Set(["--globoff"]);

/** Every pair of short flags in one word, the one with a value last, with a space, without, and with `=`. */
const bundled: Transformation = {
  name: "bundled",
  atLeast: 2000,
  of: overParts(({ parts, flags }) => {
    const isShort = (part: FlagPart) => /^-[^-]$/.test(shortOf(part));
    const given = parts.filter((part) => part.kind === "flag").filter(isShort);
    const spare = flags
      .filter(
        (flag) => flag.takes === 0 && !given.some((part) => part.flag === flag) && !disarming.has(flag.names[0] ?? ""),
      )
      .map(({ names }): FlagPart => ({
        kind: "flag",
        spelled: names.find((name) => !isLong(name)) ?? "",
        values: [],
        form: "bare",
        flag: undefined,
      }))
      .filter(isShort)
      .slice(0, 2);
    return given.flatMap((last) => {
      const firsts = [...given.filter((part) => part !== last && part.values.length === 0), ...spare];
      return firsts.flatMap((first) => {
        const spelled = `${shortOf(first)}${shortOf(last).slice(1)}`;
        const forms = last.values.length === 1 ? (["split", "glued", "equals"] as const) : (["bare"] as const);
        return forms.map((form) => ({
          to: parts.flatMap((part) => (part === last ? [{ ...last, spelled, form }] : part === first ? [] : [part])),
          same: false,
        }));
      });
    });
  }),
};

const shortOf = (part: FlagPart): string => namesOf(part).find((name) => !isLong(name)) ?? "";

export const flagForms: readonly Transformation[] = [
  split,
  glued,
  equals,
  joined,
  alias,
  underscores,
  dashes,
  abbreviated,
  switchValues,
  twice,
  decoy,
  bundled,
];
