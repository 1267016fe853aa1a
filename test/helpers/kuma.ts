// monitoring/uptime-kuma.json as Uptime Kuma's import reads it (1.23: a list of tags is a must, and a monitor starts only when `active` is
// the number 1). Strict: what the import does not read has no place in the file.
import { readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";

const seconds = z.int().min(1);
const common = {
  id: z.int().min(1),
  name: z.string().min(1),
  url: z.url({ protocol: /^http$/ }),
  method: z.literal("GET"),
  invertKeyword: z.literal(false),
  // Its form takes no less.
  interval: z.int().min(20),
  retryInterval: z.int().min(20),
  resendInterval: z.int().min(0),
  maxretries: z.int().min(0),
  timeout: seconds,
  maxredirects: z.int().min(0),
  accepted_statuscodes: z.array(z.string().regex(/^\d{3}(-\d{3})?$/)).min(1),
  ignoreTls: z.literal(false),
  upsideDown: z.literal(false),
  notificationIDList: z.strictObject({}),
  tags: z.array(z.strictObject({ name: z.string(), color: z.string(), value: z.string() })),
  active: z.literal(1),
};

const backup = z.strictObject({
  version: z.string().regex(/^1\.23\.\d+$/),
  notificationList: z.array(z.never()),
  proxyList: z.array(z.never()),
  monitorList: z
    .array(
      z
        .discriminatedUnion("type", [
          z.strictObject({ ...common, type: z.literal("http") }),
          z.strictObject({ ...common, type: z.literal("keyword"), keyword: z.string().min(1) }),
        ])
        .refine(({ timeout, interval }) => timeout < interval, "a question ends before the next"),
    )
    .min(1),
});

/** @throws ZodError when Uptime Kuma would not import it whole */
export function kumaBackup(): z.output<typeof backup> {
  const file = path.resolve(import.meta.dirname, "../../monitoring/uptime-kuma.json");
  return backup.parse(JSON.parse(readFileSync(file, "utf8")));
}
