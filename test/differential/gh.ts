// gh against a stand-in for GitHub: every question is about the repository that the model names, and only `pr create` changes
// something, as it says.
import * as fc from "fast-check";
import { createEnvironments } from "../../src/execution/environment.ts";
import type { Command } from "../../src/domain/command.ts";
import { type Adapter, type Case, verdict } from "./adapter.ts";
import { grammarOf } from "./differential.ts";
import { type ForgeRequest, startRecordingForge } from "./forge.ts";
import { type Outcome, start } from "./start.ts";

interface Ran {
  readonly outcome: Outcome;
  readonly requests: readonly ForgeRequest[];
}

/** `OWNER/REPO` as a request spells it: in its path, in its variables, in a search. */
function repositoriesIn({ path, body }: ForgeRequest): readonly string[] {
  const [, inPath] = /\/repos\/([^/]+\/[^/?]+)/.exec(path) ?? [];
  const [, owner] = /"owner":"([^"]+)"/.exec(body) ?? [];
  const [, name] = /"(?:repo|name)":"([^"]+)"/.exec(body) ?? [];
  const inSearch = [...body.matchAll(/\brepo:([A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+)/g)].map(([, one]) => one);
  const inVariables = owner === undefined || name === undefined ? undefined : `${owner}/${name}`;
  return [inPath, inVariables, ...inSearch].filter((one) => one !== undefined);
}

const changes = ({ method, path, body }: ForgeRequest): boolean =>
  path.endsWith("/graphql") ? /"query":"(?:\\[nt]|\s)*mutation\b/.test(body) : method !== "GET";

function problemOf({ repositories = [], effect, flags }: Command, { requests }: Ran): string | undefined {
  for (const request of requests) {
    const foreign = repositoriesIn(request).find((one) => !repositories.includes(one));
    const shown = `${request.method} ${request.path} ${request.body.slice(0, 300)}`;
    if (foreign !== undefined) return `${shown} is about ${foreign}, the model says ${repositories.join()}`;
    if (!changes(request)) continue;
    if (effect !== "write") return `${shown} changes something`;
    const said = ["--title", "--head", "--base", "--body"].flatMap((name) => flags[name] ?? []);
    const absent = said.find((value) => !request.body.includes(JSON.stringify(value).slice(1, -1)));
    if (absent !== undefined) return `${shown} does not hold ${absent}`;
  }
  return undefined;
}

function differs({ command }: Case, caller: Ran, rendered: Ran): string | undefined {
  for (const [who, ran] of Object.entries({ caller, rendered })) {
    if (ran.outcome.status === null) return `${who} did not end`;
    const problem = problemOf(command, ran);
    if (problem !== undefined) return `${who}: ${problem}`;
  }
  const ends = `${caller.outcome.stderr} / ${rendered.outcome.stderr}`;
  const named = rendered.requests.some((one) => repositoriesIn(one).length > 0);
  if (rendered.outcome.status === 0 && !named)
    return `nothing was asked about ${command.repositories?.join() ?? ""}; ${ends}`;
  if (rendered.outcome.status === 0 && rendered.requests.some(changes) !== (command.effect === "write"))
    return `the model says ${command.effect}; ${ends}`;
  // Without --repo gh would look for a repository in its folder, where there is none.
  if (caller.outcome.status !== 0) return undefined;
  const [theirs, ours] = [caller, rendered].map(({ outcome, requests }) =>
    JSON.stringify([outcome.status, outcome.stdout, requests.map(({ method, path }) => `${method} ${path}`)]),
  );
  return theirs === ours ? undefined : `${theirs} is not ${ours}; ${ends}`;
}

const values = new Map<string, fc.Arbitrary<string>>([
  ["--repo", fc.constantFrom("o/r", "a-b/c.d", "github.com/o", "repos/x")],
  ["--json", fc.constantFrom("title", "number,title", "id", "name")],
  ["--jq", fc.constantFrom(".", ".[].number", "length")],
  ["--workflow", fc.constantFrom("build.yml", "build", "1")],
]);

export const gh: Adapter = {
  grammar: grammarOf("gh"),
  share: 80,
  fitting: { values },
  open: async (file) => {
    const forge = await startRecordingForge();
    const folders = { homeDir: forge.folder, cacheDir: forge.folder };
    // The settings that lead it to the recorder lie there.
    const environment = { ...createEnvironments(folders)("gh", true), GH_CONFIG_DIR: forge.folder, GH_TOKEN: "t" };
    const run = async (argv: readonly string[]): Promise<Ran> => {
      const outcome = await start({ file, words: argv.slice(1), cwd: forge.folder, environment });
      return { outcome, requests: forge.take() };
    };
    return {
      compare: async (one) => {
        const caller = await run(one.argv);
        const rendered = await run(one.command.argv);
        return verdict(one, rendered.outcome.status, differs(one, caller, rendered));
      },
      close: forge.close,
    };
  },
};
