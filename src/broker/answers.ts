// How a refusal, or a server that does not answer, is told to the child, in the words that its program prints. Used by front.ts.
import type { ServerResponse } from "node:http";
import type { BrokerTarget } from "../domain/ports.ts";

/** kubectl, helm and flux print the message; execution/unreachable.ts knows these words. */
const unreachableWords = "the Kubernetes API does not answer the broker";

export const sayRefused = (response: ServerResponse, target: BrokerTarget, message: string): void =>
  say(response, 403, bodyFor(target, `AI SRE refuses this request: ${message}`));

/** As text: of an object, client-go's discovery would show "unknown". */
export function sayUnreachable(response: ServerResponse, target: BrokerTarget, detail: string): void {
  const subject = target === "kubernetes" ? unreachableWords : "the server does not answer the broker";
  say(response, 502, bodyFor(target === "gh" ? target : "unknown", `${subject} (${detail})`));
}

interface Content {
  readonly type: string;
  readonly text: string;
}

function say(response: ServerResponse, status: number, { type, text }: Content): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const content = Buffer.from(text);
  // The rest of the request was not read: the connection is of no more use.
  response.writeHead(status, { "content-type": type, "content-length": content.length, connection: "close" });
  response.end(content);
}

function bodyFor(target: BrokerTarget, message: string): Content {
  switch (target) {
    case "kubernetes": {
      const status = {
        kind: "Status",
        apiVersion: "v1",
        metadata: {},
        status: "Failure",
        reason: "Forbidden",
        message,
      };
      return { type: "application/json", text: JSON.stringify({ ...status, code: 403 }) };
    }
    case "gh":
      return { type: "application/json", text: JSON.stringify({ message }) };
    case "git":
    case "curl":
    case "unknown":
      return { type: "text/plain; charset=utf-8", text: `${message}\n` };
  }
}
