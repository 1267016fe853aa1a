// The key that the command line sends to a running server when no option names one: the variable that gave it to the server.
// Asked by cli/; another reader than load.ts, since a caller needs none of the server's configuration.
import { readFileSync } from "node:fs";
import { StartError } from "../errors.ts";
import { isLoopback } from "./loopback.ts";

export type KeyVariable = "MCP_API_KEY" | "MCP_APPROVER_KEY";

/**
 * Nobody named this key for this address: it is not said where others could hear it.
 * @throws StartError `invalid_configuration` when NAME_FILE cannot be read or is empty, or the address is plain and of another machine
 */
export function callerKey(
  name: KeyVariable,
  url: string,
  raw: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  const key = keyIn(name, raw);
  if (key === undefined || isPrivate(url)) return key;
  const why = `the key in ${name} is not sent to ${url}, which is neither https nor this machine`;
  throw new StartError("invalid_configuration", `${why}: give it by --key-file FILE or --key KEY`);
}

function keyIn(name: KeyVariable, raw: Readonly<Record<string, string | undefined>>): string | undefined {
  if (raw[name] !== undefined && raw[name] !== "") return raw[name];
  const file = raw[`${name}_FILE`];
  if (file === undefined || file === "") return undefined;
  const text = read(name, file);
  if (text === "") throw new StartError("invalid_configuration", `${name}_FILE: ${file} is empty`);
  return text;
}

function read(name: KeyVariable, file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new StartError("invalid_configuration", `${name}_FILE: cannot read ${file}`, { cause: error });
  }
}

/** An address that is none gets no answer either; what is wrong with it is said by who connects. */
function isPrivate(url: string): boolean {
  if (!URL.canParse(url)) return true;
  const { protocol, hostname } = new URL(url);
  return protocol === "https:" || protocol === "wss:" || isLoopback(hostname.replaceAll(/^\[|\]$/g, ""));
}
