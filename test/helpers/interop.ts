// One suite for any server: the same calls, through every client over every door of the server and in both eras, give deep-equal results.
// Run against the doors with a fake gate here, and against the whole server by the full-stack test.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AnyClient, type ClientKind, clientKinds, type Place, stdioKinds } from "./clients.ts";

export interface InteropServer extends Place {
  close(): Promise<unknown>;
}

export interface InteropCall {
  readonly tool: string;
  readonly arguments: Record<string, unknown>;
  /** The `outcome` that every client must see; any outcome will do when absent. */
  readonly outcome?: string;
}

/** Calls that any AI SRE server answers the same way every time, whatever is installed. */
export const universalCalls: readonly InteropCall[] = [
  { tool: "cli_tool", arguments: { command: "kubectl get secrets" }, outcome: "denied" },
  { tool: "cli_tool", arguments: { command: "kubectl get pods; id" }, outcome: "denied" },
  { tool: "cli_tool", arguments: { command: "head -n 1", stdin: "first\nsecond é 𝄞\n" } },
  { tool: "cli_tool", arguments: { command: "sort | uniq -c", stdin: "b\na\nb\n" } },
  { tool: "cli_tool", arguments: { command: "grep nothing", stdin: "a\n" } },
  { tool: "cli_tool", arguments: { command: 7 }, outcome: "invalid" },
  { tool: "kubectl_get", arguments: { resource: "pods", wrong_name: true }, outcome: "invalid" },
  { tool: "no_such_tool", arguments: {}, outcome: "invalid" },
];

/** Registers the tests; `start` is called once. */
export function interopSuite(
  start: () => Promise<InteropServer>,
  calls: readonly InteropCall[] = universalCalls,
): void {
  describe("every client over every door", () => {
    let server: InteropServer;
    const clients = new Map<string, AnyClient>();
    let kinds: readonly ClientKind[] = [];
    beforeAll(async () => {
      server = await start();
      kinds = [...clientKinds, ...(server.stdio === undefined ? [] : stdioKinds)];
      for (const kind of kinds) clients.set(kind.name, await kind.connect(server));
    });
    afterAll(async () => {
      for (const client of clients.values()) await client.close();
      await server?.close();
    });
    const clientOf = ({ name }: ClientKind): AnyClient => {
      const client = clients.get(name);
      if (client === undefined) throw new Error(`${name} did not connect`);
      return client;
    };

    it("lists the same tools", async () => {
      const lists = await Promise.all(kinds.map((kind) => clientOf(kind).listTools()));
      const [first, ...rest] = lists.map((tools) => JSON.stringify(tools));
      expect(lists[0]?.length).toBeGreaterThan(0);
      for (const list of rest) expect(list).toBe(first);
    });

    it.each(calls)(
      "gets a deep-equal result of $tool $arguments",
      async ({ tool, arguments: callArguments, outcome }) => {
        const results = new Map<string, unknown>();
        for (const kind of kinds) {
          const result = await clientOf(kind).call(tool, callArguments);
          results.set(kind.name, comparable(result));
          expect(result.structuredContent, kind.name).toMatchObject(outcome === undefined ? {} : { outcome });
        }
        const [first] = results.values();
        for (const [name, result] of results) expect(result, name).toEqual(first);
      },
    );
  });
}

/** A result without what differs from call to call: the id and the time it took. */
function comparable({ content, structuredContent, isError }: Awaited<ReturnType<AnyClient["call"]>>) {
  if (typeof structuredContent !== "object" || structuredContent === null || !("call_id" in structuredContent)) {
    throw new Error("the result has no structured content of ours");
  }
  const callId = String(structuredContent.call_id);
  const text = JSON.stringify(content)
    .replaceAll(callId.replace(/4(0[13])/g, "4-$1"), "ID")
    .replaceAll(callId, "ID");
  const { call_id: _id, duration_ms: _duration, ...facts } = { duration_ms: undefined, ...structuredContent };
  return { text: text.replace(/\(\d+ ms/g, "(N ms"), facts, isError };
}
