import { readFileSync } from 'node:fs';

/** The part of the WebAssembly API that is used here; TypeScript declares it only for browsers. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** The memory of one instance. Growing it detaches every view of it. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** What every module of src/scan/assembly exports. */
export interface WasmExports {
  readonly memory: WasmMemory;
  /** First address that the module itself does not use, a multiple of 16. */
  firstFree(): number;
}

const page = 65_536;

/** Compiles a module of this folder once; each call of what it returns is an instance with memory of its own. */
export function loadWasm<Exports extends WasmExports>(name: string): () => Exports {
  const module = new WebAssembly.Module(readFileSync(new URL(`./${name}.wasm`, import.meta.url)));
  return () => new WebAssembly.Instance(module).exports as Exports;
}

/** Grows the memory, if need be, until the address `end` lies behind it. */
export function reserve(memory: WasmMemory, end: number): void {
  const missing = end - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / page));
}
