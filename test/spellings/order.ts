// The same words in another order: flags before the verb, right behind it, last, one by one; a `--`; another stage behind.
import { stagesOf, withStages } from "./call.ts";
import type { Part } from "./parts.ts";
import { overParts, type Transformation } from "./transformation.ts";

const isFlag = ({ kind }: Part): boolean => kind === "flag";

/** Parts by what they are; what stands behind `--` stays there. */
function sorted(parts: readonly Part[]) {
  return {
    verb: parts.filter(({ kind }) => kind === "verb"),
    flags: parts.filter(isFlag),
    operands: parts.filter(({ kind }) => kind === "operand"),
    tail: parts.filter(({ kind }) => kind === "after-dash"),
  };
}

const flagsTogether: Transformation = {
  name: "flags together",
  atLeast: 2400,
  of: overParts(({ parts }) => {
    const { verb, flags, operands, tail } = sorted(parts);
    if (flags.length === 0) return [];
    const orders = [
      [...verb, ...flags, ...operands, ...tail],
      [...verb, ...operands, ...flags, ...tail],
      [...flags, ...verb, ...operands, ...tail],
      [...verb, ...flags.toReversed(), ...operands, ...tail],
      [...verb, ...operands, ...flags.toReversed(), ...tail],
    ];
    return orders.map((to) => ({ to, same: false }));
  }),
};

const oneFlagMoved: Transformation = {
  name: "one flag moved",
  atLeast: 1500,
  of: overParts(({ parts }) =>
    parts.flatMap((part, from) => {
      if (!isFlag(part)) return [];
      const rest = parts.toSpliced(from, 1);
      const end = rest.findIndex(({ kind }) => kind === "after-dash");
      return Array.from({ length: (end < 0 ? rest.length : end) + 1 }, (_none, to) => to)
        .filter((to) => to !== from)
        .map((to) => ({ to: rest.toSpliced(to, 0, part), same: false }));
    }),
  ),
};

const endOfOptions: Transformation = {
  name: "an end of options",
  atLeast: 1300,
  of: overParts(({ parts }) => {
    const { verb, flags, operands, tail } = sorted(parts);
    if (tail.length > 0) return [];
    return ["--", "--end-of-options"].map((text) => ({
      to: [...verb, ...flags, { kind: "operand", text } as const, ...operands],
      same: false,
    }));
  }),
};

const piped: Transformation = {
  name: "as a stage",
  atLeast: 2000,
  of: (call) => {
    const stages = stagesOf(call) ?? [];
    const ways =
      stages.length === 0
        ? []
        : [
            [...stages, ["head", "-n", "5"]],
            [["grep", "x"], ...stages],
            [...stages, ...stages],
          ];
    return ways.map((to) => ({ call: withStages(call, to), same: false }));
  },
};

export const orders: readonly Transformation[] = [flagsTogether, oneFlagMoved, endOfOptions, piped];
