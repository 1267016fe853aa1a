// Runs a client of the Kubernetes API against the recording one, in the environment that the server would give it.
import { createEnvironments } from "../../../src/execution/environment.ts";
import { type Outcome, start } from "../start.ts";
import { shown } from "./agreement.ts";
import { type Answers, type ApiRequest, startRecordingApi } from "./api.ts";

export interface Ran {
  readonly outcome: Outcome;
  readonly requests: readonly ApiRequest[];
}

export interface Client {
  readonly run: (argv: readonly string[], stdin?: string) => Promise<Ran>;
  readonly close: () => Promise<void>;
}

export async function openClient(file: string, binary: string, answers?: Answers): Promise<Client> {
  const api = await startRecordingApi(answers);
  const { folder: homeDir, kubeconfig } = api;
  const environment = createEnvironments({ homeDir, cacheDir: `${homeDir}/cache`, kubeconfig })(binary);
  return {
    run: async (argv, stdin) => {
      api.begin();
      const outcome = await start({ file, words: argv.slice(1), cwd: homeDir, environment, stdin, timeoutMs: 60_000 });
      return { outcome, requests: api.requests() };
    },
    close: api.close,
  };
}

/** Query parameters that our pins and bounds add, and those that only say how long. */
const ours = new Set(["timeout", "timeoutSeconds", "tailLines", "limitBytes", "fieldValidation", "fieldManager"]);

/** What both spellings must have asked alike: order, repetition and our bounds do not count. */
export function asked(
  requests: readonly ApiRequest[],
  only: (request: ApiRequest) => boolean,
  bodyOf: (body: string) => string,
): readonly string[] {
  const lines = requests.filter(only).map((request) => {
    const query = new URLSearchParams(
      [...request.query]
        .filter(([name]) => !ours.has(name))
        .map(([name, value]): [string, string] => [name, inOrder(value)]),
    );
    return `${shown({ ...request, query })} ${request.method === "GET" ? "" : bodyOf(request.body)}`;
  });
  return [...new Set(lines)].toSorted();
}

/** Some clients join the terms of a selector in any order. */
const inOrder = (value: string): string => value.split(",").toSorted().join(",");

/** How both ended, for the report. */
export const endsOf = (caller: Ran, rendered: Ran): string =>
  [caller, rendered].map(({ outcome }) => `${outcome.status} ${outcome.stderr}`).join(" / ");
