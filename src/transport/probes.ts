// /health, /livez, /readyz and /metrics: for the kubelet and Prometheus, which send no Host of ours and no key. Open, and
// without secrets; a valid key turns the status into a report.
import type { IncomingMessage } from "node:http";
import type { FastifyInstance } from "fastify";
import type { Health } from "../domain/ports.ts";

export type MetricsText = () => Promise<{ readonly contentType: string; readonly body: string }>;

export interface ProbeOptions {
  readonly health: Health;
  readonly draining: () => boolean;
  /** True when the request carries a valid key; a wrong one has been counted. */
  readonly mayReadDetails: (request: IncomingMessage) => boolean;
}

/** Adds the three probes. */
export function addProbes(app: FastifyInstance, { health, draining, mayReadDetails }: ProbeOptions): void {
  app.get("/livez", (_request, reply) => reply.type("text/plain").send("ok\n"));

  app.get("/readyz", (_request, reply) => {
    const ready = !draining() && health.ready();
    return reply
      .code(ready ? 200 : 503)
      .type("text/plain")
      .send(ready ? "ok\n" : "not ready\n");
  });

  app.get("/health", async (request, reply) => {
    const withDetails = mayReadDetails(request.raw);
    const report = await health.report();
    const status = draining() ? "not_ready" : report.status;
    return reply
      .code(status === "not_ready" ? 503 : 200)
      .header("cache-control", "no-store")
      .send(withDetails ? { status, ...report.details } : { status });
  });
}

/** Adds /metrics, on the main port or on one of its own. */
export function addMetrics(app: FastifyInstance, metrics: MetricsText): void {
  app.get("/metrics", async (_request, reply) => {
    const { contentType, body } = await metrics();
    return reply.header("content-type", contentType).send(body);
  });
}
