import simd from "argon2id/dist/simd.wasm";
import setup from "argon2id/lib/setup.js";

export interface Argon2Cost {
  /** Memory in KiB. */
  readonly memoryKib: number;
  readonly passes: number;
}

export interface Argon2Input extends Argon2Cost {
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  readonly tagBytes: number;
}

/**
 * Argon2id with one lane (RFC 9106). The computation does not yield, so that an isolate runs one at a time, and its
 * 65 MB of WebAssembly memory are let go afterwards: an isolate has 128 MB for everything.
 */
export async function argon2id(input: Argon2Input): Promise<Uint8Array> {
  const compute = await setup(instantiate, instantiate);
  return compute({
    password: input.password,
    salt: input.salt,
    parallelism: 1,
    passes: input.passes,
    memorySize: input.memoryKib,
    tagLength: input.tagBytes,
  });
}

async function instantiate(imports: WebAssembly.Imports) {
  return { instance: await WebAssembly.instantiate(simd, imports), module: simd };
}
