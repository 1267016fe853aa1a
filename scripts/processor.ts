// The processors that programs and images are built for: by Node's name, by the name that engines and Go have for it, and by the one
// of GNU's tools. Used by the scripts that build.

export type Processor = "x64" | "arm64";

/** @throws Error for a processor that nothing is built for */
export function processorOf(name: string): Processor {
  if (name === "x64" || name === "arm64") return name;
  throw new Error(`nothing is built for the processor ${name}`);
}

/** By `amd64` or `arm64`; this machine's own without a name. @throws Error for another */
export function imageProcessor(name: string | undefined): Processor {
  return processorOf(name === undefined || name === "" ? process.arch : name === "amd64" ? "x64" : name);
}

export const engineName = (processor: Processor): string => (processor === "x64" ? "amd64" : "arm64");

/** First part of GNU's triplets, as in x86_64-linux-gnu. */
export const gnuName = (processor: Processor): string => (processor === "x64" ? "x86_64" : "aarch64");
