// What is allowed of curl hangs on site data, which the decision tables do not change: asked here of the WASM, from the
// environment's layer to the verdict.
import { describe, expect, it } from "vitest";
import { composePolicy } from "../../src/compose/policy.ts";
import { loadConfig } from "../../src/config/load.ts";
import { StartError } from "../../src/errors.ts";
import { judge } from "../../src/gate/judge.ts";

const clock = { now: () => 0, monotonic: () => 0 };
const configured = {
  PROMETHEUS_URL: "http://Prometheus.monitoring.svc:9090/",
  ALERTMANAGER_URL: "https://monitoring.example/am",
};

function asking(environment: Readonly<Record<string, string>>, dataFile = "") {
  const composed = composePolicy({ ...loadConfig(environment).policy, dataFile }, { clock });
  return (tool: string, own: unknown) => {
    const principal = { id: "n8n", roles: ["operator"], authenticatedBy: "bearer" } as const;
    const call = { callId: "1", tool, arguments: own, principal, transport: "cli" } as const;
    return judge(call, composed.policy, composed.settings);
  };
}

function verdict(judgement: ReturnType<ReturnType<typeof asking>>): string {
  if (judgement.kind === "refused") return judgement.code;
  const { decision } = judgement;
  if (decision.effect === "deny") return decision.reasons.map(({ rule }) => rule).join(" ");
  return decision.obligations.approval === undefined ? "allow" : "approval";
}

const verdictOf = (words: string, environment: Readonly<Record<string, string>> = configured, dataFile?: string) =>
  verdict(asking(environment, dataFile)("cli_tool", { command: words }));

describe("curl with PROMETHEUS_URL and ALERTMANAGER_URL", () => {
  it.each([
    ["curl -s http://prometheus.monitoring.svc:9090/api/v1/query?query=up", "allow"],
    ["curl -sI http://PROMETHEUS.monitoring.svc:9090", "allow"],
    ["curl -s HTTP://prometheus.monitoring.svc:09090/x/../api/v1/targets", "allow"],
    ["curl -s https://monitoring.example/am", "allow"],
    ["curl -s https://monitoring.example:443/am/api/v2/alerts", "allow"],
    ["curl -s https://monitoring.example/amx", "curl/host"],
    ["curl -s https://monitoring.example/am/../admin", "curl/host"],
    ["curl -s https://monitoring.example/", "curl/host"],
    ["curl -s http://monitoring.example/am", "curl/host"],
    ["curl -s http://prometheus.monitoring.svc/", "curl/host"],
    ["curl -s https://prometheus.monitoring.svc:9090/", "curl/host"],
    ["curl -s http://prometheus.monitoring.svc.evil.example:9090/", "curl/host"],
    ["curl -s http://10.0.0.1:9090/", "curl/host"],
    ["curl -s http://169.254.169.254/latest/", "curl/host curl/no-link-local"],
    ["curl -s -X POST http://prometheus.monitoring.svc:9090/-/reload", "curl/method"],
    ["curl -s -X DELETE http://prometheus.monitoring.svc:9090/", "curl/method"],
    ["curl -s -H 'X-Scope-OrgID: other' http://prometheus.monitoring.svc:9090/", "curl/headers"],
    ["curl -V", "allow"],
  ])("%s: %s", (words, want) => {
    expect(verdictOf(words)).toBe(want);
  });

  it("and without them: no place, and a hint", () => {
    expect(verdictOf("curl -s http://prometheus.monitoring.svc:9090/", {})).toBe("curl/host");
    expect(verdictOf("curl -V", {})).toBe("allow");
  });

  it("the operator's file replaces the list and opens methods, for a person to approve", () => {
    const file = "hosts: [{url: 'http://reload.svc:8080/-/reload', methods: [GET, POST]}]";
    expect(verdictOf("curl -X POST http://reload.svc:8080/-/reload", configured, file)).toBe("approval");
    expect(verdictOf("curl http://reload.svc:8080/-/reload", configured, file)).toBe("allow");
    expect(verdictOf("curl -X PUT http://reload.svc:8080/-/reload", configured, file)).toBe("curl/method");
    expect(verdictOf(`curl ${configured.PROMETHEUS_URL}`, configured, file)).toBe("curl/host");
  });

  it("the typed tools ask there, and say what is missing where nothing is configured", () => {
    const ask = asking(configured);
    expect(verdict(ask("prometheus_query", { promql: "up" }))).toBe("allow");
    expect(verdict(ask("alertmanager_alerts", {}))).toBe("allow");
    const refused = asking({})("prometheus_query", { promql: "up" });
    expect(refused).toMatchObject({ code: "not_understood", reason: { rule: "server/not-understood" } });
    expect(JSON.stringify(refused)).toContain("PROMETHEUS_URL");
  });
});

describe("a place that is no plain URL stops the start", () => {
  const start = (environment: Readonly<Record<string, string>>, dataFile?: string) => () =>
    asking(environment, dataFile);
  it.each(["http://user:word@prom:9090", "ftp://prom", "prom:9090", "http://prom/?x=1", "http://prom/#x", "nonsense"])(
    "%s",
    (url) => {
      expect(start({ PROMETHEUS_URL: url })).toThrow(StartError);
      expect(start({}, `hosts: [{url: '${url}', methods: [GET]}]`)).toThrow(
        /hosts\.0\.url: must be an http or https URL/,
      );
    },
  );

  it("and so does a method that nobody knows, or none", () => {
    expect(start({}, "hosts: [{url: 'http://a', methods: [PATCH]}]")).toThrow(StartError);
    expect(start({}, "hosts: [{url: 'http://a', methods: []}]")).toThrow(StartError);
  });
});
