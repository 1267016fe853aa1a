// kubectl's resource types in their other spellings: plural, singular, short, with group and version, in capitals, as TYPE/NAME.
import { builtInKinds } from "../../src/command/kubectl/resource-table.ts";
import type { ResourceKind } from "../../src/domain/command.ts";
import type { Words } from "./call.ts";
import type { Stage } from "./parts.ts";
import { overParts, type Transformation } from "./transformation.ts";

/** kubectl accepts any version word before a group; the server knows v1 of all that stand here. */
function spellingsOf({ resource, kind, shortNames, group }: ResourceKind): readonly string[] {
  const names = [resource, kind, kind.toLowerCase(), ...shortNames];
  const versioned = names.slice(0, 3).map((name) => `${name}.v1.${group}`);
  const plain = [
    ...names,
    resource.toUpperCase(),
    resource.replace(/^./, (first) => first.toUpperCase()),
    kind.toUpperCase(),
  ];
  return group === ""
    ? [...plain, ...versioned, `${resource}.`, `${resource}.v1`]
    : [...plain, ...versioned, `${resource}.${group}`, `${kind.toLowerCase()}.${group}`];
}

const kindOf = (word: string): ResourceKind | undefined => {
  const name = word.toLowerCase().split(".")[0] ?? "";
  return builtInKinds.find(
    ({ resource, kind, shortNames }) => resource === name || kind.toLowerCase() === name || shortNames.includes(name),
  );
};

/** Where the first operand names types: the other ways to write it. */
const typeWords = (write: (types: Words, name: string | undefined) => readonly string[]) =>
  overParts(({ binary, parts }: Stage) => {
    const at = parts.findIndex(({ kind }) => kind === "operand");
    const part = parts[at];
    if (binary !== "kubectl" || part?.kind !== "operand") return [];
    const [list = "", ...names] = part.text.split("/");
    const name = names.length === 0 ? undefined : names.join("/");
    const types = list.split(",");
    if (types.some((type) => kindOf(type) === undefined)) return [];
    return write(types, name)
      .filter((text) => text !== part.text)
      .map((text) => ({ to: parts.with(at, { kind: "operand", text }), same: false }));
  });

const otherNames: Transformation = {
  name: "another name of a type",
  atLeast: 1200,
  of: typeWords((types, name) =>
    types.flatMap((type, at) => {
      const kind = kindOf(type);
      const spellings = kind === undefined ? [] : spellingsOf(kind);
      return spellings.map((spelling) => types.with(at, spelling).join(",") + (name === undefined ? "" : `/${name}`));
    }),
  ),
};

const lists: Transformation = {
  name: "in a list of types",
  atLeast: 300,
  of: typeWords((types, name) =>
    name === undefined
      ? [
          types.toReversed().join(","),
          [...types, "svc"].join(","),
          ["svc", ...types].join(","),
          [...types, ...types].join(","),
        ]
      : [],
  ),
};

/** TYPE NAME as TYPE/NAME, with another type before it, and back. */
const slashes: Transformation = {
  name: "TYPE/NAME",
  atLeast: 35,
  of: overParts(({ binary, parts }) => {
    const at = parts.findIndex(({ kind }) => kind === "operand");
    const [type, second] = [parts[at], parts.slice(at + 1).find(({ kind }) => kind === "operand")];
    if (binary !== "kubectl" || type?.kind !== "operand") return [];
    const [list = "", ...names] = type.text.split("/");
    if (kindOf(list) === undefined) return [];
    if (names.length > 0) {
      const apart = [list, names.join("/")].map((text) => ({ kind: "operand", text }) as const);
      return [{ to: parts.toSpliced(at, 1, ...apart), same: false }];
    }
    if (second?.kind !== "operand") return [];
    const pair = { kind: "operand", text: `${list}/${second.text}` } as const;
    const rest = parts.toSpliced(at, 1, pair).filter((part) => part !== second);
    return [
      { to: rest, same: false },
      { to: rest.toSpliced(at, 0, { kind: "operand", text: "svc/web" }), same: false },
    ];
  }),
};

export const kubectlTypes: readonly Transformation[] = [otherNames, lists, slashes];
