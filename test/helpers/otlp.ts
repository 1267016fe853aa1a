// A collector: takes OTLP over HTTP as JSON (opentelemetry-proto, trace/v1) and keeps the spans.
import * as z from "zod";
import { startStandIn } from "./stand-in.ts";
import { expectNoCanary } from "./planted.ts";

const attribute = z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) });
const span = z.looseObject({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.int(),
  startTimeUnixNano: z.coerce.bigint(),
  endTimeUnixNano: z.coerce.bigint(),
  attributes: z.array(attribute).default([]),
  status: z.looseObject({ code: z.int().optional() }).default({}),
});
const request = z.object({
  resourceSpans: z.array(
    z.looseObject({
      resource: z.looseObject({ attributes: z.array(attribute) }),
      scopeSpans: z.array(z.looseObject({ spans: z.array(span) })),
    }),
  ),
});

export type ReceivedSpan = z.output<typeof span> & { readonly service: unknown };

export interface Collector {
  readonly endpoint: string;
  readonly spans: readonly ReceivedSpan[];
  /** Everything that arrived, as text. */
  readonly text: () => string;
  close(): Promise<void>;
}

export async function startCollector(): Promise<Collector> {
  const spans: ReceivedSpan[] = [];
  const bodies: string[] = [];
  const server = await startStandIn(({ path, body }) => {
    bodies.push(`${path} ${body}`);
    for (const { resource, scopeSpans } of request.parse(JSON.parse(body)).resourceSpans) {
      const service = resource.attributes.find(({ key }) => key === "service.name")?.value["stringValue"];
      for (const { spans: received } of scopeSpans) spans.push(...received.map((one) => ({ ...one, service })));
    }
    return { status: 200, json: {} };
  });
  return {
    endpoint: server.url,
    spans,
    text: () => bodies.join("\n"),
    close: () => {
      expectNoCanary("the spans", bodies.join("\n"));
      return server.stop();
    },
  };
}
