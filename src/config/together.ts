// What variables demand of each other. load.ts refuses a start that breaks one; docs/configuration.md is made from the list.
import type { Environment } from "./environment.ts";

export interface Given {
  readonly environment: Environment;
  /** OTEL_TRACES_EXPORTER is OpenTelemetry's own, and no part of our schema. */
  readonly exporters: readonly string[];
  /** `serve --stdio`. */
  readonly stdio: boolean;
}

export interface Demand {
  readonly variable: string;
  /** What is said when it is not met. */
  readonly says: string;
  readonly isMet: (given: Given) => boolean;
}

export const demands: readonly Demand[] = [
  {
    variable: "AISRE_POLICY_REVISION",
    says: "names a signed bundle, and needs AISRE_POLICY_PUBLIC_KEY",
    isMet: ({ environment }) =>
      environment.AISRE_POLICY_REVISION === undefined || environment.AISRE_POLICY_PUBLIC_KEY !== undefined,
  },
  {
    variable: "OTEL_TRACES_EXPORTER",
    says: "console prints between the audit records; set AISRE_AUDIT_FILE, or use otlp",
    isMet: ({ environment, exporters }) => environment.AISRE_AUDIT_FILE !== undefined || !exporters.includes("console"),
  },
  {
    variable: "AISRE_AUDIT_FILE",
    says: "is needed with --stdio, because standard output carries the protocol",
    isMet: ({ environment, stdio }) => !stdio || environment.AISRE_AUDIT_FILE !== undefined,
  },
  {
    variable: "AISRE_APPROVAL_LEDGER",
    says: "kubernetes needs AISRE_SECRET_KEY_FILE, the same for all replicas",
    isMet: ({ environment }) =>
      environment.AISRE_APPROVAL_LEDGER !== "kubernetes" || environment.AISRE_SECRET_KEY_FILE !== undefined,
  },
];
