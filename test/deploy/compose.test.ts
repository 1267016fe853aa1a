// deploy/compose.yaml without an engine: that what it names is there, that its parts agree with each other, and that AI SRE is held as
// in a pod. docs/install.md makes its keys, and a test of that page holds the server's settings.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import manifest from "../../package.json" with { type: "json" };
import { environmentSchema, secretVariables } from "../../src/config/environment.ts";
import { chartFolder } from "../chart/helm.ts";

const root = path.resolve(import.meta.dirname, "../..");
const folder = path.join(root, "deploy");
const yamlOf = (file: string): unknown => parse(readFileSync(path.join(root, file), "utf8"));

const service = z.strictObject({
  image: z.string(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  secrets: z.array(z.union([z.string(), z.strictObject({ source: z.string(), target: z.string() })])).default([]),
  read_only: z.boolean().optional(),
  user: z.string().optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  tmpfs: z.array(z.string()).optional(),
  mem_limit: z.string().optional(),
  cpus: z.number().optional(),
  stop_grace_period: z.string().optional(),
});
const { services, volumes, secrets } = z
  .strictObject({
    name: z.string(),
    services: z.record(z.string(), service),
    volumes: z.record(z.string(), z.strictObject({})),
    // Of another kind than a file an engine makes none in a container whose root is read-only.
    secrets: z.record(z.string(), z.strictObject({ file: z.string() })),
  })
  .parse(yamlOf("deploy/compose.yaml"));
const each = Object.entries(services);
const own = service.parse(services["ai-sre"]);

describe("compose.yaml", () => {
  it("has the five parts of a laptop", () => {
    expect(Object.keys(services)).toEqual(["ai-sre", "n8n", "prometheus", "alertmanager", "uptime-kuma"]);
  });

  it.each(each)("%s is open to this machine only, by an image of one version", (_name, { image, ports }) => {
    expect(ports.length).toBeGreaterThan(0);
    expect(ports.filter((port) => !/^127\.0\.0\.1:\d+:\d+$/.test(port))).toEqual([]);
    expect(image.replace(/^\$\{AISRE_IMAGE:-(.+)\}$/, "$1")).toMatch(
      /^[\w./-]+:v?\d+\.\d+\.\d+(@sha256:[0-9a-f]{64})?$/,
    );
  });

  it("runs the version of this checkout", () => {
    expect(own.image).toContain(`ai-sre:${manifest.version}`);
  });

  it.each(each)("%s mounts what is there", (_name, { volumes: mounted, secrets: lent }) => {
    const isThere = (source: string): boolean =>
      source.startsWith(".") ? existsSync(path.join(folder, source)) : source in volumes;
    expect(mounted.map((mount) => mount.split(":")[0] ?? "").filter((source) => !isThere(source))).toEqual([]);
    for (const secret of lent) expect(secrets).toHaveProperty([typeof secret === "string" ? secret : secret.source]);
  });

  it("gives AI SRE variables that exist, and files that are mounted", () => {
    const known = [...Object.keys(environmentSchema.shape), ...secretVariables.map((name) => `${name}_FILE`)];
    expect(Object.keys(own.environment).filter((name) => !known.includes(name))).toEqual([]);
    const files = Object.values(own.environment).filter((value) => value.startsWith("/run/secrets/"));
    expect(files.map((file) => path.basename(file)).toSorted()).toEqual(own.secrets.map(String).toSorted());
  });

  it("holds AI SRE as the chart does", () => {
    const chart = z
      .object({ resources: z.object({ limits: z.object({ cpu: z.string(), memory: z.string() }) }) })
      .parse(parse(readFileSync(path.join(chartFolder, "values.yaml"), "utf8"))).resources.limits;
    expect({ cpu: `${(own.cpus ?? 0) * 1000}m`, memory: own.mem_limit?.replace("m", "Mi") }).toEqual(chart);
    expect(own).toMatchObject({
      read_only: true,
      user: "65532:65532",
      cap_drop: ["ALL"],
      security_opt: ["no-new-privileges:true"],
      stop_grace_period: "75s",
      environment: { AISRE_SANDBOX: "require" },
    });
  });

  it("has parts that find each other", () => {
    const texts = ["monitoring/prometheus.yml", "monitoring/alertmanager.yml"].map((file) =>
      readFileSync(path.join(root, file), "utf8"),
    );
    const asked = [...texts, ...Object.values(own.environment)].flatMap((text) => [
      ...text.matchAll(/(?:http:\/\/|targets: \[")([a-z0-9-]+):(\d+)/g),
    ]);
    expect(asked.length).toBeGreaterThan(4);
    for (const [, name = "", port] of asked) {
      const inside = services[name]?.ports.map((mapping) => mapping.split(":").at(-1));
      expect(inside, `${name}:${port}`).toContain(port);
    }
    expect(own.environment["AISRE_ALLOWED_HOSTS"]).toBe("ai-sre");
  });

  it("gives Prometheus and Alertmanager the files that their settings name", () => {
    const { rule_files } = z.object({ rule_files: z.array(z.string()) }).parse(yamlOf("monitoring/prometheus.yml"));
    for (const file of rule_files) expect(existsSync(path.join(root, "monitoring", file)), file).toBe(true);
    const credentials = /credentials_file: ([^ }]+)/.exec(
      readFileSync(path.join(root, "monitoring/alertmanager.yml"), "utf8"),
    )?.[1];
    expect(services["alertmanager"]?.secrets).toEqual([{ source: "webhook-key", target: credentials }]);
  });
});
