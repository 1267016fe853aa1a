// What was begun and is not known to have ended: an intent without an outcome. Owned by verify, which hands it every record.

export interface Unfinished {
  readonly call_id: string;
  readonly step_index: number;
  readonly seq: number;
  readonly time: string;
  readonly tool: string;
  readonly argvs: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/** Holds as many intents as calls run at a time, and those of calls that a crash cut off. */
export function createUnfinished() {
  const open = new Map<string, Unfinished>();
  return {
    take: (fields: Fields): void => {
      const { kind, call_id: callId, step_index: stepIndex } = fields;
      if (typeof callId !== "string" || typeof stepIndex !== "number") return;
      const key = `${callId} ${stepIndex}`;
      if (kind === "intent") open.set(key, toUnfinished(fields, callId, stepIndex));
      if (kind === "outcome") open.delete(key);
    },
    list: (): readonly Unfinished[] => [...open.values()],
  };
}

const toUnfinished = ({ seq, time, tool, argvs }: Fields, callId: string, stepIndex: number): Unfinished => ({
  call_id: callId,
  step_index: stepIndex,
  seq: typeof seq === "number" ? seq : 0,
  time: String(time),
  tool: String(tool),
  argvs: argvs ?? [],
});
