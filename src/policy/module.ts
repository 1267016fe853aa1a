// The only importer of opa-wasm: policy.wasm → an instance that answers entrypoints. Called by evaluator.ts and bundle.ts.
// Whatever the runtime throws (texts, plain objects, traps) leaves here as an Error; an instance that threw is not reused.
import * as opaWasm from "@open-policy-agent/opa-wasm";

// The package's ES module has `loadPolicySync` on its default export only, although its types say otherwise (1.10.0).
const exported: object = opaWasm;
const sdk = "default" in exported && isSdk(exported.default) ? exported.default : opaWasm;

/** Pages of 64 KB. The least the runtime starts with is 3 and it never shrinks: 1 MiB to begin with, 64 MiB at most. */
const initialPages = 16;
export const maxPages = 1024;

/** What every module that `opa build -t wasm` made has; without the version the library only prints a warning. */
const requiredExports = ["opa_wasm_abi_version", "opa_wasm_abi_minor_version", "opa_eval", "entrypoints", "builtins"];

export interface PolicyInstance {
  readonly entrypoints: readonly string[];
  /** The result set as OPA gives it: `[]` when undefined. Throws an Error for conflicts, traps and unknown entrypoints. */
  evaluate(entrypoint: string, input: ArrayBuffer): unknown;
}

/** Compiles policy.wasm. Throws an Error when the bytes are no module that OPA made. */
export function compileModule(bytes: Uint8Array): WebAssembly.Module {
  const module = new WebAssembly.Module(Uint8Array.from(bytes));
  const names = new Set(WebAssembly.Module.exports(module).map(({ name }) => name));
  const missing = requiredExports.filter((name) => !names.has(name));
  if (missing.length > 0) throw new Error(`not a policy compiled by OPA: it does not export ${missing.join(", ")}`);
  return module;
}

/** Makes an instance with its data, both JSON text. Throws an Error. */
export function instantiate(module: WebAssembly.Module, data: ArrayBuffer, maximum = maxPages): PolicyInstance {
  return normalised(() => {
    const policy = sdk.loadPolicySync(module, { initial: initialPages, maximum });
    policy.setData(data);
    return {
      entrypoints: Object.keys(policy.entrypoints),
      evaluate: (entrypoint, input): unknown => normalised(() => policy.evaluate(input, entrypoint)),
    };
  });
}

function normalised<T>(work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw toError(thrown);
  }
}

/** Conflicts come as texts, missing builtins as plain objects with a message, traps as Errors. */
function toError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  if (typeof thrown === "object" && thrown !== null && "message" in thrown) {
    return new Error(String(thrown.message), { cause: thrown });
  }
  return new Error(String(thrown), { cause: thrown });
}

function isSdk(value: unknown): value is typeof opaWasm {
  return typeof value === "object" && value !== null && "loadPolicySync" in value;
}
