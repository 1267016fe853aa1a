// Where the code of a worker thread is: beside this file, as TypeScript in a checkout and bundled in the image (image/bundle.ts
// names each as an entry of its own).
import path from "node:path";

export type WorkerName = "policy-trial-worker" | "shadow-worker";

export const workerScript = (name: WorkerName): URL =>
  new URL(`${name}${path.extname(import.meta.url)}`, import.meta.url);
