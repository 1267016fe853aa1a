// Ways round redaction: text glued to a secret, forms that only some printers use, halves of a key, and texts that are made to
// hold the event loop. What a template or a log puts next to a secret must not hide it.
import { describe, expect, it } from "vitest";
import { redact } from "../../src/redaction/redact.ts";
import { samples } from "../redaction/samples.ts";

const clean = (text: string) => redact(text, ["credentials", "kubernetes"]);

describe("text right before or behind a secret hides nothing", () => {
  const { githubClassic, githubFine, gitlab, slack, awsKey, google, vault, jwt } = samples;
  it.each([githubClassic, githubFine, gitlab, slack, awsKey, google, vault, jwt])("%s", (secret) => {
    for (const text of [`x${secret}`, `${secret}x`, `0${secret}0`, `checkout-db${secret}`, `a_${secret}`]) {
      expect(clean(text).text, text).not.toContain(secret);
    }
  });

  it.each([
    `xBearer ${samples.bearer}`,
    `xAuthorization: Basic YWRtaW46aHVudGVyMg==`,
    `${"a".repeat(200)}password=hunter2`,
    `${"a".repeat(200)}_password":"hunter2"`,
    "web   password: hunter2",
    "x--password hunter2",
  ])("%s", (text) => {
    expect(clean(text).text).not.toMatch(/hunter2|YWRtaW46|Zk3Qx9/);
  });
});

describe("every way in which a tool prints a name and its value", () => {
  it.each([
    ["a go-template or a column", "map[name:DB_PASSWORD value:hunter2] map[name:PORT value:1]"],
    ["a map in it", "map[password:hunter2 port:1]"],
    ["kubectl's own error about a template", 'map[string]interface {}{"name":"DB_PASSWORD", "value":"hunter2"}'],
    ["arguments in it", '[]interface {}{"--password", "hunter2", "-v"}'],
    ["arguments in JSON", '"args": [\n  "--password",\n  "hunter2",\n  "-v"\n]'],
    ["arguments in YAML", "args:\n- --password\n- hunter2\n- -v"],
    ["arguments in describe", "    Args:\n      --password\n      hunter2\n    State: Running"],
    ["a ConfigMap in describe", "Data\n====\npassword:\n----\nhunter2\nhunter2\n\nport:\n----\n1\n"],
    ["a registry's login", '{"auths":{"r.example":{"auth":"aHVudGVyMg=="}}}'],
    ["the same in a string", '{".dockerconfigjson":"{\\"auths\\":{\\"r\\":{\\"auth\\":\\"aHVudGVyMg==\\"}}}"}'],
  ])("%s", (_what, text) => {
    expect(clean(text).text).not.toMatch(/hunter2|aHVudGVyMg/);
    expect(clean(text).counts).toEqual({ password: 1 });
  });

  it("a release of helm, which holds its Secrets", () => {
    const release = `H4sIAAAAAAAC/${"3Vbb".repeat(200)}==`;
    for (const text of [release, Buffer.from(release).toString("base64")]) {
      expect(clean(`{"data":{"release":"${text}"}}`).text).toBe('{"data":{"release":"[redacted:helm_release]"}}');
    }
  });

  it.each([
    "image: repo/my-token:1.0",
    "pulled my-secret:v2 in 2s",
    '"--token-ttl", "3h"',
    "Error: password: must be set",
  ])("and %s stays", (text) => {
    expect(clean(text)).toEqual({ text, counts: {} });
  });
});

describe("half a private key", () => {
  const line = (at: number) => `${samples.bearer}${samples.bearer}`.slice(at, at + 64);
  const begin = ["-----BEGIN PRIVATE", " KEY-----"].join("");
  const end = ["-----END PRIVATE", " KEY-----"].join("");
  const key = [begin, line(0), line(1), line(2), line(3), "aB3=", end];
  const stamped = key.map((text) => `2026-01-01T00:00:00.123Z [web] ${text}`);

  it.each([
    ["whose beginning --tail left out", key.slice(2)],
    ["whose beginning --tail left out, behind timestamps", stamped.slice(2)],
    ["whose end is left out", key.slice(0, 4)],
    ["whose end is left out, behind timestamps", stamped.slice(0, 4)],
  ])("%s", (_what, lines) => {
    const { text } = clean(["ready: yes", ...lines, "done: yes"].join("\n"));
    expect(text).not.toMatch(/[A-Za-z0-9]{20}/);
    expect(text).toMatch(/^ready:.*\ndone: yes$|^ready: yes\n/s);
  });
});

describe("the middle of a private key, whose marks are both out of sight", () => {
  const line = (at: number) => `${samples.bearer}${samples.bearer}${samples.bearer}`.slice(at, at + 64);
  const body = [line(0), line(1), line(2), line(3)];

  it.each([
    ["plain", body],
    ["behind timestamps", body.map((text) => `2026-01-01T00:00:00.123Z [web] ${text}`)],
    ["cut in its last line", [...body, line(4).slice(0, 40)]],
    ["indented", body.map((text) => `    ${text}`)],
  ])("%s", (_what, lines) => {
    const { text, counts } = clean(["ready: yes", ...lines].join("\n"));
    expect(text).not.toMatch(/[A-Za-z0-9]{20}/);
    expect(counts).toEqual({ private_key: 1 });
    expect(clean(text)).toEqual({ text, counts: {} });
  });

  it.each([
    ["a certificate", ["-----BEGIN CERTIFICATE-----", ...body, "-----END CERTIFICATE-----"]],
    ["the beginning of one", ["-----BEGIN CERTIFICATE-----", ...body]],
    ["the end of one", [...body, "AbCd==", "-----END CERTIFICATE-----"]],
    ["digests", ["a", "b", "c", "d"].map((hex) => `registry.example/web@sha256:${hex.repeat(64)}`)],
    ["two lines", body.slice(0, 2)],
    ["lines as coreutils' base64 breaks them", body.map((text) => text + text.slice(0, 12))],
  ])("and %s stays", (_what, lines) => {
    const text = lines.join("\n");
    expect(clean(text)).toEqual({ text, counts: {} });
  });
});

describe("a text made to hold the event loop", () => {
  const values = (size: number) => '"a":"b",'.repeat(size / 32);
  const open = (size: number) => "{".repeat(size / 4);
  const close = (size: number) => "}".repeat(size / 4);
  it.each<readonly [what: string, build: (size: number) => string]>([
    ["values that climb through objects", (size) => `Secret${open(size)}"data":{${values(size)}}${close(size)}`],
    ["values below objects of data", (size) => `Secret"data":${open(size)}${values(size)}${close(size)}`],
    ["ends of objects that never began", (size) => `Secret{"data":{${values(size)}}${close(size)}`],
    ["objects that never end", (size) => `Secret${open(size)}`],
    ["dashes", (size) => "-".repeat(size)],
    ["dashes and dots", (size) => "--a.b-".repeat(size / 6)],
    ["key words in one run", (size) => "token".repeat(size / 5)],
    ["jwt starts in one run", (size) => "eyJ".repeat(size / 3)],
    ["lines like a key's", (size) => `${"x: aaaaaaaaaaaaaaaaaaaa\n".repeat(size / 24)}-----END PRIVATE KEY-----`],
  ])("%s: time grows with its length and not faster", (_what, build) => {
    // CPU and not the clock on the wall, which also counts what the machine does for others.
    const timeOf = (text: string): number => {
      const before = process.cpuUsage();
      clean(text);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    };
    // Sixteen times the text: linear is 16, a square 256. The first milliseconds are noise; the least of some tries counts.
    const growth = (): number => {
      const small = build(50_000);
      return timeOf(build(800_000)) / Math.max(Math.min(timeOf(small), timeOf(small)), 4);
    };
    let least = growth();
    for (let round = 0; round < 4 && least > 50; round += 1) least = Math.min(least, growth());
    expect(least).toBeLessThan(100);
  });

  it.each(["Bearer A1", "eyJ", "eyJaaaaaaaa.eyJ", "password=", '"password":"', "ghp_", "AKIA"])(
    "%s and one word as long as a stage may print: it is replaced or kept, and nothing breaks",
    (lead) => {
      const text = `${lead}${"a".repeat(4 * 1024 * 1024 - lead.length)}`;
      expect(clean(text).text.length).toBeLessThanOrEqual(text.length);
    },
  );

  it("hides no Secret behind more open braces than are told apart", () => {
    const secret = JSON.stringify({ kind: "Secret", data: { a: samples.opaque } });
    for (const depth of [511, 512, 513, 100_000]) {
      expect(clean("{".repeat(depth) + secret).text).not.toContain(samples.opaque);
    }
  });
});
