// The part of the WebAssembly API that this room uses. Node has it, but neither TypeScript's ES library nor Node's types
// declare it, and the DOM library would let every room use a browser.
declare namespace WebAssembly {
  class Module {
    private readonly compiled: never;
    constructor(bytes: ArrayBuffer | Uint8Array);
    static exports(module: Module): readonly { readonly name: string; readonly kind: string }[];
  }
  type Memory = object;
  type Instance = object;
  interface MemoryDescriptor {
    readonly initial: number;
    readonly maximum?: number;
  }
  interface WebAssemblyInstantiatedSource {
    readonly module: Module;
    readonly instance: Instance;
  }
}
