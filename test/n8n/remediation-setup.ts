// An n8n with the remediation template beside AI SRE, a stand-in for Telegram and one for the model; what each scenario sets going and
// reads back. Used by the tests of this template.
import { expect } from "vitest";
import { type AiSre, startAiSre } from "./ai-sre.ts";
import { fromAlertmanager, makeCredentials } from "./credentials.ts";
import { endedExecution, type Execution, nextExecution } from "./executions.ts";
import { type Model, startModel } from "./model.ts";
import { type N8n, startN8n } from "./n8n.ts";
import { type Message, startTelegram, type Telegram } from "./telegram.ts";
import { readTemplate } from "./template.ts";

export const chat = 42;
export const bob = { id: 77, username: "bob" };
export const stranger = { id: 13, username: "mallory" };

export type Settings = Readonly<Record<string, string | number | boolean>>;

export interface Incidents {
  readonly sre: AiSre;
  readonly n8n: N8n;
  readonly telegram: Telegram;
  readonly model: Model;
  /** Imports and publishes the template with these settings of Config, and takes the one before back. */
  readonly publish: (settings?: Settings, renamed?: Readonly<Record<string, string>>) => Promise<void>;
  /** An alert as Alertmanager sends it; answers the execution's id. */
  readonly alert: (more?: {
    readonly labels?: object;
    readonly status?: string;
    readonly place?: string;
  }) => Promise<string>;
  /** Whatever else sets the workflow going. */
  readonly begun: (start: () => Promise<unknown>) => Promise<string>;
  readonly ended: (id: string) => Promise<Execution>;
  /** Messages since the last call of `publish` or `alert`. */
  readonly heard: () => readonly Message[];
  readonly waitFor: (text: RegExp) => Promise<Message>;
  readonly stop: () => Promise<void>;
}

export async function startIncidents(replicas = 1): Promise<Incidents> {
  let n8n: N8n | undefined;
  const telegram = await startTelegram(() => n8n?.base ?? "");
  const [sre, model, started] = await Promise.all([startAiSre(replicas), startModel(), startN8n()]);
  n8n = started;
  await makeCredentials(n8n, { telegram: telegram.url, model: model.url });
  let workflow: string | undefined;
  let from = 0;
  const begun: Incidents["begun"] = (start) => {
    from = telegram.messages.length;
    return nextExecution(started, workflow ?? "", start);
  };
  return {
    sre,
    n8n,
    telegram,
    model,
    publish: async (settings = {}, renamed = {}) => {
      if (workflow !== undefined) await started.unpublish(workflow);
      const quick = { settle_seconds: 1, verify_tries: 60, approval_minutes: 5 };
      const ours = { ai_sre_url: sre.url, chat_id: String(chat), approver_ids: `99,${bob.id}` };
      workflow = await started.workflow(readTemplate("remediation", { ...quick, ...ours, ...settings }, renamed));
    },
    alert: ({ labels = {}, status = "firing", place = "ai-sre-alert" } = {}) =>
      begun(async () => {
        const body = alertmanagerBody(
          { alertname: "CheckoutFails", namespace: "default", deployment: "checkout", ...labels },
          status,
        );
        expect(await started.webhook(place, body, fromAlertmanager)).toBe(200);
      }),
    begun,
    ended: (id) => endedExecution(started, id),
    heard: () => telegram.messages.slice(from),
    waitFor: (text) => telegram.waitFor(text, from),
    stop: async () => {
      await Promise.all([sre.stop(), started.stop(), telegram.stop(), model.stop()]);
    },
  };
}

/** Alertmanager's webhook, version 4. */
const alertmanagerBody = (labels: Readonly<Record<string, string>>, status: string) => ({
  version: "4",
  groupKey: "{}:{}",
  receiver: "n8n",
  status,
  groupLabels: { alertname: labels["alertname"] },
  commonLabels: labels,
  commonAnnotations: { summary: "Orders <fail> & nobody_knows *why*" },
  externalURL: "http://alertmanager",
  alerts: [{ status, labels, annotations: {}, startsAt: "2026-01-01T00:00:00Z", fingerprint: "0123456789abcdef" }],
});

/** What the model proposes, in the form that n8n asks it for. */
export const proposal = (output: object) => ({ say: JSON.stringify({ output }) });
export const restart = proposal({ cause: "a stale address <cached>", tool: "kubectl_rollout_restart" });
