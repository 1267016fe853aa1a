// Several transformations on top of each other, chosen by a seed that stands in the name.
import type { Call, Spelling } from "./call.ts";
import type { Transformation } from "./transformation.ts";

const perRow = 8;

/** Two to four of `all`, one after another, `perRow` times for each row. */
export const mixedOf = (all: readonly Transformation[], seed: number): Transformation => ({
  name: `mixed, seed ${seed}`,
  atLeast: 5000,
  of: (call) => {
    const pick = picker(`${seed} ${JSON.stringify(call)}`);
    return Array.from({ length: perRow }, () => mixture(call, all, pick)).filter((one) => one !== undefined);
  },
});

function mixture(call: Call, all: readonly Transformation[], pick: (below: number) => number): Spelling | undefined {
  let spelled: Spelling | undefined;
  const depth = 2 + pick(3);
  for (let layer = 0; layer < depth; layer += 1) {
    const from = spelled?.call ?? call;
    const others = all[pick(all.length)]?.of(from) ?? [];
    const next = others[pick(others.length)];
    if (next !== undefined) spelled = { call: next.call, same: next.same && spelled?.same !== false };
  }
  return spelled;
}

/** Numbers that look random and are the same for the same text (xorshift over an FNV hash). */
function picker(text: string): (below: number) => number {
  let state = 2_166_136_261;
  for (let at = 0; at < text.length; at += 1) state = Math.imul(state ^ text.charCodeAt(at), 16_777_619);
  state ||= 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return below === 0 ? 0 : (state >>> 0) % below;
  };
}
