// The credentials that the templates name, made in n8n before a template comes in: it finds them by their names.
import { keys } from "./ai-sre.ts";
import type { N8n } from "./n8n.ts";
import { botToken } from "./telegram.ts";

export const webhookKey = "Bearer the key that Alertmanager sends";
export const fromAlertmanager = { authorization: webhookKey };

export interface Fakes {
  /** Where the stand-ins of Telegram and of the language model listen. */
  readonly telegram: string;
  readonly model: string;
}

export async function makeCredentials(n8n: N8n, { telegram, model }: Fakes): Promise<void> {
  await n8n.credential("n8n webhook key", "httpHeaderAuth", { name: "Authorization", value: webhookKey });
  await n8n.credential("AI SRE operator", "httpBearerAuth", { token: keys.operator });
  await n8n.credential("AI SRE approver", "httpBearerAuth", { token: keys.approver });
  await n8n.credential("AI SRE viewer", "httpBearerAuth", { token: keys.viewer });
  await n8n.credential("Telegram bot", "telegramApi", { accessToken: botToken, baseUrl: telegram });
  await n8n.credential("Language model", "openAiApi", { apiKey: "no model looks at this", url: model });
}
