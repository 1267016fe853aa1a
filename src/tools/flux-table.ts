// The pipeline of flux_status: flux prints one table per kind, jq makes one of them, with only what needs a look.

/**
 * Reads lines of cells, apart by tabs, under a heading per kind. A line without a name continues the message above it and
 * is left out.
 */
const program = [
  'reduce (inputs | split("\\t") | map(gsub("^ +| +$"; ""))) as $row ({head: [], all: 0, rows: []};',
  'if $row[0] == "NAME" then .head = $row elif ($row[0] // "") == "" then . else .all += 1',
  '| ([.head, $row] | transpose | map({key: (.[0] // ""), value: .[1]}) | from_entries) as $one',
  '| if $one.READY == "True" and $one.SUSPENDED != "True" then . else .rows += [$one] end end)',
  '| "\\(.rows | length) of \\(.all) Flux objects are not ready or are suspended",',
  '(if .rows == [] then empty else "OBJECT\\tREADY\\tSUSPENDED\\tWHY" end),',
  '(.rows[] | "\\(.NAME)\\t\\(.READY)\\t\\(.SUSPENDED // "-")\\t\\(.MESSAGE // "-")")',
].join(" ");

/** A command line; `namespace` has the shape of a namespace and needs no quotes. */
export const notReady = (namespace: string | undefined): string =>
  `flux get all${namespace === undefined ? "" : ` --namespace=${namespace}`} | jq -n -R -r '${program}'`;
