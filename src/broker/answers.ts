// How a refusal, or a server that does not answer, is told to the child, in the words that its program prints. Used by front.ts.
import type { ServerResponse } from "node:http";
import type { BrokerTarget } from "../domain/ports.ts";

interface Told {
  readonly status: number;
  readonly reason: string;
  readonly message: string;
}

/** kubectl, helm and flux print the message; execution/unreachable.ts knows these words. */
const unreachableWords = "the Kubernetes API does not answer the broker";

export const sayRefused = (response: ServerResponse, target: BrokerTarget, message: string): void =>
  say(response, target, { status: 403, reason: "Forbidden", message: `AI SRE refuses this request: ${message}` });

export function sayUnreachable(response: ServerResponse, target: BrokerTarget, detail: string): void {
  const subject = target === "kubernetes" ? unreachableWords : "the server does not answer the broker";
  say(response, target, { status: 502, reason: "ServiceUnavailable", message: `${subject} (${detail})` });
}

function say(response: ServerResponse, target: BrokerTarget, told: Told): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { type, text } = bodyFor(target, told);
  const content = Buffer.from(text);
  // The rest of the request was not read: the connection is of no more use.
  response.writeHead(told.status, { "content-type": type, "content-length": content.length, connection: "close" });
  response.end(content);
}

function bodyFor(target: BrokerTarget, { status, reason, message }: Told) {
  switch (target) {
    case "kubernetes":
      return {
        type: "application/json",
        text: JSON.stringify({
          kind: "Status",
          apiVersion: "v1",
          metadata: {},
          status: "Failure",
          reason,
          message,
          code: status,
        }),
      };
    case "gh":
      return { type: "application/json", text: JSON.stringify({ message }) };
    case "git":
    case "curl":
    case "unknown":
      return { type: "text/plain; charset=utf-8", text: `${message}\n` };
  }
}
