// Forecasts as lines for people: the answer to `preflight`, and the summary of what an approver is asked. Pure.
import type { Forecast } from "../domain/preflight.ts";

const maxLines = 40;
const maxLineChars = 500;

export function linesOf(forecasts: readonly Forecast[]): readonly string[] {
  const lines = forecasts.flatMap(linesOfOne);
  return lines.length > maxLines ? [...lines.slice(0, maxLines), `and ${lines.length - maxLines} more lines`] : lines;
}

function linesOfOne({ subject, differences, notes, problems }: Forecast): readonly string[] {
  const said = [
    ...problems.map(({ message }) => `would fail: ${message}`),
    ...differences.map(({ path, before, after }) => `${path}: ${before ?? "(none)"} → ${after ?? "(none)"}`),
    ...notes,
  ];
  return said.map((text) => oneLine(`${subject}: ${text}`));
}

/** Whatever the cluster's own texts hold, it stays one line. */
const oneLine = (text: string): string => {
  const line = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ");
  return line.length > maxLineChars ? `${line.slice(0, maxLineChars).toWellFormed()}…` : line;
};
