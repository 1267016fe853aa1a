// What watches from outside and cannot be run here: a collector of spans and Uptime Kuma. Their files are held to what the versions that
// they are for read of them, and to what this server sends. alerting.test.ts asks Uptime Kuma's questions of the real server.
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { kumaBackup } from "../helpers/kuma.ts";

const root = path.resolve(import.meta.dirname, "../..");
const text = (file: string): string => readFileSync(path.join(root, file), "utf8");

describe("otel-collector.yaml", () => {
  const file = text("monitoring/otel-collector.yaml");
  /** Components of the core distribution by the names that 0.144.0 gave them; `/name` behind one tells two of a kind apart. */
  const component = (...types: readonly string[]) =>
    z.string().regex(new RegExp(`^(?:${types.join("|")})(?:/[a-z0-9_-]+)?$`));
  const endpoint = z.string().regex(/^[\w.-]+:\d+$/);
  // Without `traces_url_path` the receiver's path is /v1/traces, which is where spans are sent.
  const receiver = z.strictObject({
    protocols: z.strictObject({ http: z.strictObject({ endpoint }) }),
  });
  const config = z
    .strictObject({
      receivers: z.record(component("otlp"), receiver),
      processors: z.record(component("memory_limiter", "batch"), z.record(z.string(), z.unknown())),
      exporters: z.record(component("otlp_http"), z.strictObject({ endpoint: z.url({ protocol: /^https?$/ }) })),
      service: z.strictObject({
        pipelines: z.strictObject({
          traces: z.strictObject({
            receivers: z.array(z.string()).min(1),
            processors: z.array(z.string()),
            exporters: z.array(z.string()).min(1),
          }),
        }),
      }),
    })
    .parse(parse(file));
  const { traces } = config.service.pipelines;

  it("says for which version its names are: otlp_http is the exporter's since 0.144.0", () => {
    const [, minor = "0"] = /^# For otel\/opentelemetry-collector:0\.(\d+)\.\d+ and later/m.exec(file) ?? [];
    expect(Number(minor)).toBeGreaterThanOrEqual(144);
  });

  it.each(["receivers", "processors", "exporters"] as const)("uses the %s that it defines, each of them", (kind) => {
    expect(traces[kind].toSorted()).toEqual(Object.keys(config[kind]).toSorted());
  });

  it("limits memory before it gathers, as the collector's own order wants", () => {
    expect(traces.processors[0]).toBe("memory_limiter");
    expect(traces.processors.at(-1)).toBe("batch");
  });

  it("listens where AI SRE is told to send, and not where it sends on itself", () => {
    const [, told = ""] = /OTEL_EXPORTER_OTLP_ENDPOINT=(\S+)/.exec(file) ?? [];
    const listens = Object.values(config.receivers).map(({ protocols }) => protocols.http.endpoint.split(":")[1]);
    expect(listens).toEqual([new URL(told).port]);
    expect(new URL(told).pathname).toBe("/");
    const sendsTo = Object.values(config.exporters).map((one) => new URL(one.endpoint).hostname);
    expect(sendsTo).not.toContain(new URL(told).hostname);
  });
});

describe("uptime-kuma.json", () => {
  const { version, monitorList } = kumaBackup();
  const compose = z
    .object({ services: z.record(z.string(), z.object({ image: z.string() })) })
    .parse(parse(text("deploy/compose.yaml")));

  it("is a backup of the version that compose.yaml runs", () => {
    expect(compose.services["uptime-kuma"]?.image).toBe(`louislam/uptime-kuma:${version}`);
  });

  it("asks AI SRE's own probes, by the name and the port that it has beside Uptime Kuma", () => {
    const { host } = new URL("http://ai-sre:8080");
    expect(Object.keys(compose.services)).toContain("ai-sre");
    const asked = monitorList.map(({ url }) => new URL(url));
    expect(asked.map((url) => url.host)).toEqual([host, host]);
    expect(asked.map((url) => url.pathname).toSorted()).toEqual(["/health", "/readyz"]);
  });

  it("gives no monitor the name or the number of another", () => {
    for (const key of ["id", "name"] as const)
      expect(new Set(monitorList.map((one) => one[key])).size).toBe(monitorList.length);
  });
});
