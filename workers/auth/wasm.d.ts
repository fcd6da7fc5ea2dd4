declare module "*.wasm" {
  const module: WebAssembly.Module;
  // biome-ignore lint/style/noDefaultExport: the bundler gives a compiled module as the default export.
  export default module;
}

declare module "argon2id/lib/argon2id.js" {
  interface Parameters {
    readonly password: Uint8Array;
    readonly salt: Uint8Array;
    readonly parallelism: number;
    readonly passes: number;
    /** KiB. */
    readonly memorySize: number;
    readonly tagLength: number;
  }
  // biome-ignore lint/style/noDefaultExport: the package has it so.
  export default function compute(
    parameters: Parameters,
    engine: { readonly memory: WebAssembly.Memory; readonly instance: WebAssembly.Instance },
  ): Uint8Array;
}
