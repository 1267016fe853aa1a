// What the changes of a plan would do, one after the other. Implements the gate's Preflight port; knows neither the grammar nor
// policy: what it wants to know it asks the gate for, in argvs, and the gate judges each of them.
import type { Forecast, Lookout, PlannedChange, Preflight } from "../domain/preflight.ts";
import { forecastPullRequest, forecastPush } from "./git.ts";
import { forecastObject } from "./kubectl.ts";
import { linesOf } from "./lines.ts";

export const preflight: Preflight = async (changes, lookout) => {
  const forecasts: (Forecast & { readonly stepIndex: number })[] = [];
  // One process at a time: who only looks ahead does not crowd out who acts.
  for (const change of changes) {
    forecasts.push({ stepIndex: change.stepIndex, ...(await forecast(change, lookout)) });
  }
  return { changes: forecasts, lines: linesOf(forecasts) };
};

function forecast(change: PlannedChange, lookout: Lookout): Promise<Forecast> {
  const { binary, verb } = change.command;
  switch ([binary, ...verb].join(" ")) {
    case "git push":
      return forecastPush(change, lookout);
    case "gh pr create":
      return forecastPullRequest(change, lookout);
    default:
      return forecastObject(change, lookout);
  }
}
