// The processor that an image is for: by the name that engines have for it, by Node's, and by the one of GNU's tools. Used by what
// builds the image's stages.
import { type Processor, processorOf } from "../scripts/go-program.ts";

/** By `amd64` or `arm64`; this machine's own without a name. @throws Error for another */
export function imageProcessor(name: string | undefined): Processor {
  return processorOf(name === undefined || name === "" ? process.arch : name === "amd64" ? "x64" : name);
}

export const engineName = (processor: Processor): string => (processor === "x64" ? "amd64" : "arm64");

/** First part of GNU's triplets, as in x86_64-linux-gnu. */
export const gnuName = (processor: Processor): string => (processor === "x64" ? "x86_64" : "aarch64");
