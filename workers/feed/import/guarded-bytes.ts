/** Readings allowed of each byte: an honest description is read about twice. */
const READINGS_PER_BYTE_MAX = 16;

/** Readings allowed of the shortest description. */
const READINGS_MIN = 4_096;

/**
 * `bytes` for a decoder that trusts what it reads. The lists and references of a description can claim any length and
 * meet again and again, so that a short one is decoded without end; here a reading outside of it, or far more readings
 * than it has bytes, throws RangeError.
 */
export function guardedBytes(bytes: Uint8Array): Uint8Array {
  let left = READINGS_MIN + READINGS_PER_BYTE_MAX * bytes.length;
  return new Proxy(bytes, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (value === undefined) throw new RangeError("a reference points outside of the description");
      if (--left < 0) throw new RangeError("the description refers to itself");
      if (typeof value !== "function") return value;
      // A part is given out unguarded, for a text inside of it; its length counts.
      return (...call: number[]) => {
        const part: unknown = Reflect.apply(value, target, call);
        if (part instanceof Uint8Array) left -= part.length;
        return part;
      };
    },
  });
}
