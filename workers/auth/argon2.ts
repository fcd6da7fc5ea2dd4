import simd from "argon2id/dist/simd.wasm";
import compute from "argon2id/lib/argon2id.js";

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

// As the WebAssembly module was linked: it takes a memory of at least 1,040 pages of 64 KiB.
const MEMORY_PAGES = 1_040;
const MEMORY_PAGES_MAX = 65_536;

let memory: WebAssembly.Memory | undefined;

/**
 * Argon2id with one lane (RFC 9106). Nothing in here waits, so that an isolate has one such computation at a time,
 * however many people sign in at once; and all of them use one memory of 68 MB, since those that wait to be collected
 * would soon fill the 128 MB that an isolate has for everything. It is wiped each time.
 */
export function argon2id(input: Argon2Input): Uint8Array {
  memory ??= new WebAssembly.Memory({ initial: MEMORY_PAGES, maximum: MEMORY_PAGES_MAX });
  const instance = new WebAssembly.Instance(simd, { env: { memory } });
  const parameters = {
    password: input.password,
    salt: input.salt,
    parallelism: 1,
    passes: input.passes,
    memorySize: input.memoryKib,
    tagLength: input.tagBytes,
  };
  try {
    return compute(parameters, { memory, instance });
  } finally {
    new Uint8Array(memory.buffer).fill(0);
  }
}
