// The key that the command line sends to a running server when no option names one: the variable that gave it to the server.
// Asked by cli/; another reader than load.ts, since a caller needs none of the server's configuration.
import { readFileSync } from "node:fs";
import { StartError } from "../errors.ts";

export type KeyVariable = "MCP_API_KEY" | "MCP_APPROVER_KEY";

/** @throws StartError `invalid_configuration` when NAME_FILE cannot be read */
export function callerKey(
  name: KeyVariable,
  raw: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  if (raw[name] !== undefined && raw[name] !== "") return raw[name];
  const file = raw[`${name}_FILE`];
  if (file === undefined || file === "") return undefined;
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new StartError("invalid_configuration", `${name}_FILE: cannot read ${file}`, { cause: error });
  }
}
