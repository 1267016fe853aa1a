// The real curl against a recording server: what it sends is what the model says, once, and nothing else comes of it.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Command } from "../../src/domain/command.ts";
import { commandOf, read } from "./reading.ts";

const file = ["/usr/local/bin/curl", "/usr/bin/curl"].find((candidate) => existsSync(candidate));

interface Seen {
  readonly method: string;
  readonly target: string;
  readonly host: string;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

/** Requests by the value of their own header, so that cases can run side by side. */
const seen = new Map<string, Seen[]>();
let server: Server;
let port = 0;
let folder = "";

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "aisre-curl-"));
  writeFileSync(path.join(folder, ".curlrc"), `header = "X-Curlrc: read"\nlocation\noutput = ${folder}/written\n`);
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString("utf8")));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const mark = String(headers["x-mark"]);
      seen.set(mark, [...(seen.get(mark) ?? []), { method, target: url, host: headers.host ?? "", headers, body }]);
      response.writeHead(url.startsWith("/redirect") ? 302 : 200, { location: "/elsewhere", "set-cookie": "a=b" });
      response.end("answer\n");
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  port = typeof address === "object" && address !== null ? address.port : 0;
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the rendered argv as it is, in an environment and a folder that would lead a careless curl astray. */
function run(argv: readonly string[]): Promise<{ readonly code: number | null; readonly stdout: string }> {
  const env = { HOME: folder, LC_ALL: "C.UTF-8" };
  const child = spawn(file ?? "", argv.slice(1), { cwd: folder, env, stdio: ["ignore", "pipe", "ignore"] });
  let stdout = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString("utf8")));
  return new Promise((resolve) => {
    child.once("close", (code) => resolve({ code, stdout }));
  });
}

let marks = 0;
/** The requests that came of the words, marked so that they are told from others'. */
async function requestsOf(words: readonly string[]) {
  const mark = `m${(marks += 1)}`;
  const command = commandOf([...words, "-H", `X-Mark: ${mark}`]);
  const end = await run(command.argv);
  return { command, end, requests: seen.get(mark) ?? [] };
}

const base = (): string => `http://localhost:${port}`;

/** What a server saw, in the words of the model. */
const asModel = ({ method, target, host }: Seen): Command["urls"][number] => {
  const url = new URL(`http://${host}`);
  return {
    method,
    scheme: "http",
    host: url.hostname,
    port: Number(url.port),
    path: target.split("?", 1)[0] ?? "",
  };
};

const piece = fc.constantFrom(
  ..."a Z 9 - . _ ~ ! $ & ' ( ) * + , ; = : @ / // /./ /../ /.. %41 %20 %C3%A9 %2B [ ] { } | ^ ` \" < >".split(" "),
);
const pathText = fc.array(piece, { maxLength: 8 }).map((pieces) => `/${pieces.join("")}`);
const queryText = fc.option(fc.array(fc.oneof(piece, fc.constantFrom("?", "%2e", "%2F")), { maxLength: 6 }));
const datum = fc.tuple(
  fc.constantFrom("query", "match[]", "time"),
  fc.string({ unit: "grapheme-composite", maxLength: 12 }),
);
interface Case {
  readonly path: string;
  readonly query: readonly string[] | null;
  readonly data: readonly (readonly [name: string, value: string])[];
  readonly flags: readonly string[];
  readonly method: string | undefined;
}
const requests: fc.Arbitrary<Case> = fc.record({
  path: pathText,
  query: queryText,
  data: fc.array(datum, { maxLength: 2 }),
  flags: fc.subarray(["-I", "-f", "-i", "--compressed", "-s", "-S"]),
  method: fc.constantFrom(undefined, "GET", "POST", "PUT", "DELETE"),
});

/** Generated cases; any number by AISRE_FUZZ_CASES. */
const cases = Number(process.env["AISRE_FUZZ_CASES"] ?? 150);

describe.skipIf(file === undefined)("what curl sends", () => {
  it(
    "is the one request of the model, whatever is in path, query and data",
    { timeout: 60_000 + cases * 100 },
    async () => {
      let compared = 0;
      const compare = async ({ path: where, query, data, flags, method }: Case) => {
        const url = `${base()}${where}${query === null ? "" : `?${query.join("")}`}`;
        const words = [
          "curl",
          "-g",
          ...flags,
          ...(method === undefined ? [] : ["-X", method]),
          ...(data.length === 0 ? [] : ["-G"]),
          ...data.flatMap(([name, value]) => ["--data-urlencode", `${name}=${value}`]),
          url,
        ];
        if (!read(words).ok) return;
        const { command, requests: sent } = await requestsOf(words);
        const [one] = sent;
        if (one === undefined) throw new Error(`nothing was sent: ${JSON.stringify(command.argv)}`);
        expect(sent.map(asModel)).toEqual(command.urls);
        const [, asked = ""] = one.target.split(/\?(.*)/s);
        const given = new URL(command.operands[0] ?? "").search.slice(1);
        expect(asked.startsWith(given)).toBe(true);
        const added = [...new URLSearchParams(asked.slice(given.length))];
        expect(added).toEqual(data);
        expect({ body: one.body, curlrc: one.headers["x-curlrc"] }).toEqual({ body: "", curlrc: undefined });
        compared += 1;
      };
      await fc.assert(fc.asyncProperty(requests, compare), { numRuns: cases });
      expect(compared).toBeGreaterThan(cases / 5);
    },
  );

  it("ends at a redirect, and takes no cookie along", async () => {
    const { end, requests: sent } = await requestsOf(["curl", "-i", `${base()}/redirect`]);
    expect(sent.map(({ target }) => target)).toEqual(["/redirect"]);
    expect(end.stdout).toMatch(/^HTTP\/1.1 302 Found/);
    expect(end.stdout).toMatch(/answer\n$/);
  });

  it("is discarded where --output says so, and reported where --write-out does", async () => {
    const { end } = await requestsOf(["curl", "-so/dev/null", "-w", "%{http_code} %{method}\\n", `${base()}/x`]);
    expect(end).toEqual({ code: 0, stdout: "200 GET\n" });
  });

  it("writes nothing anywhere", () => {
    expect(existsSync(path.join(folder, "written"))).toBe(false);
  });

  it("would follow ~/.curlrc if --disable did not stand first: the test can tell", async () => {
    const words = ["curl", "-s", "-H", "X-Mark: careless", `${base()}/redirect`];
    await run(words);
    expect(seen.get("careless")?.map(({ target }) => target)).toEqual(["/redirect", "/elsewhere"]);
    expect(existsSync(path.join(folder, "written"))).toBe(true);
  });
});
