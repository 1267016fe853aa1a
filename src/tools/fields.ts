// The argument types that several tools share. Strict patterns, no coercion: what does not fit is refused with the
// field's name, long before a grammar sees it. Built once, at module scope (a zod schema costs 0.2 ms to build).
import * as z from "zod";

/** RFC 1123 label, as Kubernetes wants namespaces. */
export const namespace = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "must be a DNS-1123 label such as `default`");

/** RFC 1123 subdomain, as Kubernetes wants object names: one object, never TYPE/NAME. */
export const objectName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, "must be one object's name such as `web-1`, never TYPE/NAME or a list");

export const resourceType = z
  .string()
  .max(253)
  .regex(/^[A-Za-z][A-Za-z0-9.-]*$/, "must be one resource type such as `pods` or `deployments.apps`");

export const selector = z
  .string()
  .min(1)
  .max(1024)
  .regex(/^[A-Za-z0-9!(][^\p{Cc}\p{Cs}]*$/u, "must be a selector such as `app=web`");

/** The caller's own words for the audit and the approver. Half a character would be six of them in a line of JSON. */
export const reason = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, "must be one line of text")
  .optional();

/** A token of the server's own: its content is checked where it is opened. */
export const token = z
  .string()
  .min(1)
  .max(64 * 1024);

export const dryRun = z.boolean().optional();

/** A branch's plain name; git's own rules are the grammar's. */
export const branchName = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/+-]*$/, "must be a branch's name such as `ai-sre/fix-1`");

/** A branch, tag, commit or range; never an option. */
export const revision = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/~^+-]*$/, "must be a revision such as `main`, `HEAD~1` or an object id");

/** A file or folder of the repository. */
export const filePath = z
  .string()
  .min(1)
  .max(512)
  .regex(/^[^/:~\p{Cc}\p{Cs}-][^\p{Cc}\p{Cs}]*$/u, "must be a path inside the repository such as `apps/web.yaml`")
  .describe("Path inside the repository, e.g. apps/web/deployment.yaml");
