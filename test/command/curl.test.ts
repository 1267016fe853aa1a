// curl: one request built anew from what was understood; odd URLs and every flag that leads elsewhere are refused.
import { describe, expect, it } from "vitest";
import { commandOf, refusalOf, rendered } from "./reading.ts";

const pins =
  "curl -q --proto =http,https --proto-redir =https --globoff --max-redirs 0 --silent --show-error --max-time 30 --connect-timeout 5";
const base = "http://prometheus.monitoring.svc:9090";

const urlOf = (url: string) => commandOf(["curl", url]).urls;

describe("the rendered command", () => {
  const table: readonly (readonly [words: string, rest: string])[] = [
    [`curl ${base}/-/ready`, `${base}/-/ready`],
    [`curl -sSf ${base}/-/ready`, `--fail ${base}/-/ready`],
    [`curl -q --silent ${base}`, `${base}/`],
    [`curl -s -g '${base}/q?query=up{job="api"}[5m]'`, `${base}/q?query=up{job=%22api%22}[5m]`],
    [`curl -sI ${base}`, `--head ${base}/`],
    [`curl ${base}/q -G --data-urlencode 'query=a b'`, `--get --data-urlencode query=a b ${base}/q`],
    [`curl -HAccept:\\ text/plain -H 'X-A: b' ${base}`, `--header Accept: text/plain --header X-A: b ${base}/`],
    [
      `curl -so/dev/null -w '%{http_code}\\n' ${base}`,
      String.raw`--output /dev/null --write-out %{http_code}\n ${base}/`,
    ],
  ];
  it.each(table)("of %s carries the pins first, and in their order", (words, rest) => {
    expect(rendered(words)).toBe(`${pins} ${rest}`);
  });

  it("takes the caller's own limits, and no more", () => {
    expect(rendered(`curl -m3 --connect-timeout 2 ${base}`)).toContain(" --max-time 3 --connect-timeout 2 ");
    expect(refusalOf(`curl -m 51 ${base}`).position).toEqual({ stage: 0, index: 1 });
    expect(refusalOf(`curl -m 0 ${base}`).position).toEqual({ stage: 0, index: 1 });
    expect(refusalOf(`curl -m 0.5 ${base}`).position).toEqual({ stage: 0, index: 1 });
  });

  it("of --version reaches nothing", () => {
    const command = commandOf("curl -V");
    expect(command).toMatchObject({ argv: ["curl", "--version"], egress: false, urls: [], effect: "read" });
    expect(refusalOf(`curl -V ${base}`).message).toMatch(/alone/);
    expect(refusalOf("curl -sV").message).toMatch(/alone/);
  });
});

describe("the model", () => {
  it("names method, scheme, host, port and path of the one request", () => {
    expect(commandOf(`curl ${base}/api/v1/query?query=up`)).toMatchObject({
      effect: "read",
      egress: true,
      operands: [`${base}/api/v1/query?query=up`],
      urls: [{ method: "GET", scheme: "http", host: "prometheus.monitoring.svc", port: 9090, path: "/api/v1/query" }],
    });
  });

  it.each([
    ["curl -X POST http://a/", "POST", "write"],
    ["curl -XPUT http://a/", "PUT", "write"],
    ["curl --request DELETE http://a/", "DELETE", "destructive"],
    ["curl -X GET http://a/", "GET", "read"],
    ["curl -G -X POST --data-urlencode a=b http://a/", "POST", "write"],
    ["curl -GI --data-urlencode a=b http://a/", "HEAD", "read"],
  ])("says by the method what %s does", (words, method, effect) => {
    expect(commandOf(words)).toMatchObject({ effect, urls: [{ method }] });
  });

  it.each([
    ["http://h", { scheme: "http", host: "h", port: 80, path: "/" }],
    ["HTTPS://H.Example:443/A?b", { scheme: "https", host: "h.example", port: 443, path: "/A" }],
    ["http://h:080/x/../y/./z", { scheme: "http", host: "h", port: 80, path: "/y/z" }],
    ["http://h/../../etc", { scheme: "http", host: "h", port: 80, path: "/etc" }],
    ["https://h?x=%2e%2f", { scheme: "https", host: "h", port: 443, path: "/" }],
    ["http://h/a%20b/caf%C3%A9", { scheme: "http", host: "h", port: 80, path: "/a%20b/caf%C3%A9" }],
    ["http://10.1.2.3:9090/", { scheme: "http", host: "10.1.2.3", port: 9090, path: "/" }],
  ])("reads %s by the WHATWG rules", (url, place) => {
    expect(urlOf(url)).toEqual([{ method: "GET", ...place }]);
  });
});

describe("URLs that two readers could take for different ones are refused", () => {
  it.each([
    "h",
    "//h/",
    "http:/h/",
    "http:h",
    "http:///h",
    "http://",
    "ftp://h/",
    "file:///etc/passwd",
    "FILE://127.0.0.1/etc/passwd",
    "gopher://h:70/_x",
    "{file:///etc/passwd,http://h/}",
    "http://{h,evil}/",
    "http://h/{x,y}",
    "http://h/[1-9]",
    "http://h/q?query=up{job=1}",
    "http://[::1]/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://user@h/",
    "http://user:word@h/",
    "http://h@evil/",
    "http://h:80@evil/",
    "http://h\\@evil/",
    "http://h\\evil/",
    "http://evil#.h/",
    "http://h/#x",
    "http://h./",
    "http://169.254.169.254./",
    "http://h%2eevil/",
    "http://h_x/",
    "http://-h/",
    "http://h:/",
    "http://h:0/",
    "http://h:99999/",
    "http://h:80x/",
    "http://0/",
    "http://127.1/",
    "http://0x7f.0.0.1/",
    "http://0xa9fea9fe/",
    "http://2852039166/",
    "http://0251.0376.0251.0376/",
    "http://\uff45vil/",
    "http://h/\u00e9",
    " http://h/",
    "http://h/ http://evil/",
    "http://h/a b",
    "http://h/\r\nX: y",
    "http://h/\tx",
    "http://h/%2e%2e/admin",
    "http://h/x%2Fy",
    "http://h/x%5cy",
    "http://h/%252e%252e/",
    "http://h/%00",
    "http://h/%0d%0ax",
    "http://h/%ff",
    "http://h/%c0%ae/",
    "http://h/%zz",
    "http://h/x/..;/admin",
    "-",
    "",
    `http://${"a".repeat(254)}/`,
  ])("%j", (url) => {
    expect(refusalOf(["curl", "-s", url]).position).toEqual({ stage: 0, index: 2 });
  });
});

describe("flags that lead elsewhere, read, write or send are refused", () => {
  it.each([
    "-o x",
    "-o /dev/nullx",
    "-O",
    "-J",
    "-D -",
    "-c x",
    "-b x",
    "-K x",
    "-K-",
    "-d x",
    "-d @x",
    "--data-binary @x",
    "--json x",
    "-F a=b",
    "-T x",
    "-u a:b",
    "-n",
    "-x http://evil",
    "--connect-to a:b:c:d",
    "--resolve a:80:1.2.3.4",
    "--unix-socket x",
    "--url file:///etc/passwd",
    "--url=file:///etc/passwd",
    "-L",
    "--location-trusted",
    "-k",
    "--insec",
    "--conf x",
    "-:",
    "--next",
    "-Z",
    "-v",
    "--trace x",
    "--retry 5",
    "--path-as-is",
    "--request-target /x",
    "-X PATCH",
    "-X get",
    "-X CONNECT",
    "-X 'GET /x HTTP/1.1'",
    "--proto =file",
    "--proto +file",
    "--proto-redir =file",
    "--max-redirs 5",
    "--no-globoff",
    "-H @x",
    "-H X",
    "-H X:",
    "-H 'X;'",
    "-H 'X:y'",
    "--data-urlencode x",
    "--data-urlencode @x",
    "--data-urlencode query@/etc/passwd",
    "--data-urlencode =x",
    "-G --data-urlencode query@/etc/passwd",
    "--data-urlencode query=up",
    "-w @x",
    "-w '%{json}%output{x}'",
    "-w '%output{x}'",
    "-w '%header{x}'",
    "-w '%{certs}'",
    "-I -X GET",
    "-f --fail-with-body",
    "-s -s",
    "-m 3 -m 4",
    "--max-time=3",
    "--",
    "-h",
    "--help all",
  ])("curl %s URL", (flags) => {
    expect(refusalOf(`curl ${flags} http://h/`).message).not.toBe("");
  });

  it("brackets of a host, even where globbing is off", () => {
    for (const url of ["http://[::1]/", "http://{h,evil}/", "http://h{x}/"])
      expect(refusalOf(["curl", "-g", url]).position).toEqual({ stage: 0, index: 2 });
    expect(refusalOf("curl 'http://h/q?query=up{}'").try).toBe("-g");
  });

  it("several URLs, or none", () => {
    expect(refusalOf("curl http://h/ http://h/").position).toEqual({ stage: 0, index: 2 });
    expect(refusalOf("curl -s").position).toEqual({ stage: 0, index: 0 });
  });

  it("with what to do instead", () => {
    expect(refusalOf("curl -L http://h/").try).toMatch(/--head/);
    expect(refusalOf("curl -d a=b http://h/").try).toMatch(/--get --data-urlencode/);
    expect(refusalOf("curl --data-urlencode a=b http://h/").try).toBe("--get");
    expect(refusalOf(["curl", "http://h/q?a b"]).try).toMatch(/--data-urlencode/);
  });
});

describe("curl in a pipeline", () => {
  it("begins it when it reads, and stands alone when it changes something", () => {
    expect(rendered(`curl ${base}/x | jq .data`)).toBe(`${pins} ${base}/x | jq .data`);
    expect(refusalOf(`jq . | curl ${base}/x`).position).toEqual({ stage: 1, index: 0 });
    expect(refusalOf(`curl -X POST ${base}/-/reload | jq .`).position).toEqual({ stage: 0, index: 0 });
  });
});

describe("a header", () => {
  it.each(["Host", "hOST", "Transfer-Encoding", "content-length", "Connection", "X-Forwarded-Host", "X-Original-URL"])(
    "that says something else than the URL does is refused: %s",
    (name) => {
      expect(refusalOf(["curl", "-H", `${name}: a`, base]).message).toMatch(/leads elsewhere/);
      expect(commandOf(["curl", "-H", `X-A: ${name}: a`, base]).flags["--header"]).toEqual([`X-A: ${name}: a`]);
    },
  );
});
