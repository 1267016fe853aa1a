// A language model that says what a test wrote down, over OpenAI's chat completions: no model can be had in a test. Each question
// takes the next answer of the script; what was asked is kept.
import * as z from "zod";
import { startStandIn } from "../helpers/stand-in.ts";

export type Turn =
  | { readonly say: string }
  | { readonly call: string; readonly with: Readonly<Record<string, unknown>> };

const questionSchema = z.looseObject({
  messages: z.array(z.looseObject({ role: z.string(), content: z.unknown() })),
  tools: z.array(z.looseObject({ function: z.looseObject({ name: z.string() }) })).optional(),
});
export type Question = z.output<typeof questionSchema>;

export interface Model {
  readonly url: string;
  readonly questions: readonly Question[];
  /** Replaces what is left of the script. */
  readonly script: (...turns: readonly Turn[]) => void;
  readonly stop: () => Promise<void>;
}

export async function startModel(): Promise<Model> {
  const questions: Question[] = [];
  let turns: Turn[] = [];
  const server = await startStandIn(({ body }) => {
    questions.push(questionSchema.parse(JSON.parse(body)));
    const turn = turns.shift() ?? { say: "I have nothing more to say." };
    const message =
      "say" in turn
        ? { role: "assistant", content: turn.say }
        : {
            role: "assistant",
            content: null,
            tool_calls: [
              {
                id: `call_${questions.length}`,
                type: "function",
                function: { name: turn.call, arguments: JSON.stringify(turn.with) },
              },
            ],
          };
    return {
      status: 200,
      json: {
        id: `chatcmpl-${questions.length}`,
        object: "chat.completion",
        created: 1,
        model: "scripted",
        choices: [{ index: 0, message, finish_reason: "say" in turn ? "stop" : "tool_calls" }],
        usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
      },
    };
  });
  return {
    url: `${server.url}/v1`,
    questions,
    script: (...next) => {
      turns = [...next];
    },
    stop: server.stop,
  };
}
