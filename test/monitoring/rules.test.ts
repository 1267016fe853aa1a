// What stands in monitoring/, by the programs that will read it and against the metrics that the server has.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { amtool } from "../helpers/amtool.ts";
import { promtool } from "../helpers/promtool.ts";

const root = path.resolve(import.meta.dirname, "../..");
const folder = path.join(root, "monitoring");
const text = (name: string): string => readFileSync(path.join(folder, name), "utf8");

/** A copy of monitoring/ with another text in one file. */
function folderWith(name: string, changed: string): string {
  const copy = mkdtempSync(path.join(tmpdir(), "aisre-rules-"));
  onTestFinished(() => rmSync(copy, { recursive: true }));
  cpSync(folder, copy, { recursive: true });
  writeFileSync(path.join(copy, name), changed);
  return copy;
}

/** Every metric that the docs name, which a test holds to what the server has. */
const known = new Set(readFileSync(path.join(root, "docs/metrics.md"), "utf8").match(/aisre_[a-z_]+/g));
const ofOthers = /^(?:up|process_|nodejs_|aisre:)/;

/** Names of metrics in an expression. Labels, functions and words of PromQL are none. */
const metricsIn = (expression: string): readonly string[] =>
  [
    ...expression
      .replaceAll(/\{[^}]*\}|"[^"]*"|\b(?:by|without) ?\([^)]*\)/g, "")
      .matchAll(/\b(?:aisre_|aisre:|process_|nodejs_|up\b)[a-z_:0-9]*/g),
  ].map(([name]) => name.replace(/_bucket$/, ""));

const ruleFile = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string().optional(),
          record: z.string().optional(),
          expr: z.string(),
          annotations: z.object({ summary: z.string(), description: z.string(), runbook: z.string() }).optional(),
        }),
      ),
    }),
  ),
});
const rules = ["alerts.yaml", "slo.yaml"].flatMap((name) =>
  ruleFile.parse(parse(text(name))).groups.flatMap((group) => group.rules),
);
const alerts = rules.flatMap(({ alert }) => (alert === undefined ? [] : [alert]));

const dashboard = z.object({
  panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })).optional() })),
});

describe("rules and dashboard", () => {
  const expressions = [
    ...rules.map(({ alert, record, expr }) => [alert ?? record ?? "", expr] as const),
    ...dashboard
      .parse(JSON.parse(text("dashboard.json")))
      .panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)),
  ];
  it.each(expressions)("%s names metrics that there are", (_name, expression) => {
    const metrics = metricsIn(expression);
    expect(metrics.length).toBeGreaterThan(0);
    expect(metrics.filter((name) => !ofOthers.test(name) && !known.has(name))).toEqual([]);
  });

  it("records every series that a rule builds on", () => {
    const recorded = rules.flatMap(({ record }) => record ?? []);
    const used = rules.flatMap(({ expr }) => metricsIn(expr)).filter((name) => name.startsWith("aisre:"));
    expect(used.filter((name) => !recorded.includes(name))).toEqual([]);
  });

  it("says of every alert what to do", () => {
    const page = readFileSync(path.join(root, "docs/operating.md"), "utf8");
    const missing = alerts.filter((alert) => !page.includes(`### ${alert}\n`));
    expect(missing).toEqual([]);
    const runbooks = rules.flatMap(({ annotations }) => annotations?.runbook ?? []);
    expect(runbooks).toEqual(alerts.map((alert) => `docs/operating.md#${alert.toLowerCase()}`));
  });

  it("has a test for every alert and every recorded figure", () => {
    const cases = text("alerts.test.yaml");
    expect(alerts.filter((alert) => !cases.includes(`alertname: ${alert}\n`))).toEqual([]);
  });
});

describe.skipIf(promtool === undefined)("promtool", () => {
  const run = (...words: readonly string[]): string =>
    execFileSync(promtool ?? "", words, { cwd: folder, encoding: "utf8", stdio: "pipe" });

  it("accepts the rules and the configuration", () => {
    expect(run("check", "rules", "alerts.yaml", "slo.yaml")).toContain("SUCCESS");
    expect(run("check", "config", "--syntax-only", "prometheus.yml")).toContain("SUCCESS");
  });

  it("sees each alert fire when it should, and not before", () => {
    expect(run("test", "rules", "alerts.test.yaml")).toContain("SUCCESS");
  });

  it("would notice a rule that no longer fires", () => {
    const changed = text("alerts.test.yaml").replace(
      "exp_alerts: []",
      "exp_alerts: [{ exp_labels: { severity: none } }]",
    );
    const { status, stdout, stderr } = spawnSync(promtool ?? "", ["test", "rules", "alerts.test.yaml"], {
      cwd: folderWith("alerts.test.yaml", changed),
      encoding: "utf8",
    });
    expect(status).not.toBe(0);
    expect(stdout + stderr).toContain("FAILED");
    expect(stdout + stderr).toContain('severity="none"');
  });
});

describe.skipIf(amtool === undefined)("amtool", () => {
  const run = (words: readonly string[], cwd = folder) => spawnSync(amtool ?? "", words, { cwd, encoding: "utf8" });
  const receiverOf = (...labels: readonly string[]): string =>
    run(["config", "routes", "test", "--config.file=alertmanager.yml", ...labels]).stdout.trim();

  it("accepts the configuration, and would notice a receiver that is none", () => {
    expect(run(["check-config", "alertmanager.yml"])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("SUCCESS"),
    });
    const wrong = text("alertmanager.yml").replace("- name: people", "- name: persons");
    const refused = run(["check-config", "alertmanager.yml"], folderWith("alertmanager.yml", wrong));
    expect(refused.status).not.toBe(0);
    expect(refused.stdout + refused.stderr).toMatch(/undefined receiver "people"/);
  });

  it("sends to people what the operator cannot repair, and every other alert to n8n", () => {
    const ofPeople = ["AiSreDown", "AiSrePolicyFault", "AiSreAuditFailure"];
    expect(alerts).toEqual(expect.arrayContaining(ofPeople));
    expect(alerts).toContain("AiSreDenials");
    for (const alert of alerts)
      expect([alert, receiverOf(`alertname=${alert}`)]).toEqual([alert, ofPeople.includes(alert) ? "people" : "n8n"]);
    expect(receiverOf("alertname=KubePodCrashLooping", "namespace=default")).toBe("n8n");
  });
});

it("keeps every file readable", () => {
  for (const file of globSync("*.{yaml,yml}", { cwd: folder })) expect(() => parse(text(file))).not.toThrow();
  for (const file of globSync("*.json", { cwd: folder })) expect(() => JSON.parse(text(file))).not.toThrow();
});
