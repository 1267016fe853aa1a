// Kubernetes' short way to write a duration: 45s, 5m12s, 3h4m, 2d. Used for tables and summaries.

/** Time from an RFC 3339 timestamp until now. */
export function age(timestamp: string): string {
  const seconds = Math.floor((Date.now() - Date.parse(timestamp)) / 1000);
  if (Number.isNaN(seconds)) return "<unknown>";
  return duration(Math.max(0, seconds));
}

/** As `duration.HumanDuration` of apimachinery writes it. */
export function duration(seconds: number): string {
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return two(minutes, "m", seconds % 60, "s");
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return two(hours, "h", minutes % 60, "m");
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  return days < 8 ? two(days, "d", hours % 24, "h") : `${days}d`;
}

const two = (large: number, unit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${large}${unit}` : `${large}${unit}${small}${smallUnit}`;
