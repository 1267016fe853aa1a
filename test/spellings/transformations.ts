// Every way to spell a call differently, by family, and mixtures of them.
import { capitals } from "./capitals.ts";
import { flagForms } from "./flag-forms.ts";
import { kubectlTypes } from "./kubectl-types.ts";
import { mixedOf } from "./mixed.ts";
import { orders } from "./order.ts";
import { programs } from "./programs.ts";
import { quotes } from "./quotes.ts";
import { tools } from "./tools.ts";
import type { Transformation } from "./transformation.ts";
import { values } from "./values.ts";

/** One change each. */
export const single: readonly Transformation[] = [
  ...flagForms,
  ...orders,
  ...quotes,
  ...kubectlTypes,
  ...values,
  ...programs,
  ...capitals,
  ...tools,
];

/** Another mixture each day would find more and fail on a day without a change: the seed is set from outside. */
const seed = Number(process.env["AISRE_SPELLING_SEED"] ?? 1);

export const transformations: readonly Transformation[] = [...single, mixedOf(single, seed)];
