const ROUND_CONSTANTS = roundConstants();

const START_STATE = Int32Array.of(
  0x6a09e667,
  0xbb67ae85,
  0x3c6ef372,
  0xa54ff53a,
  0x510e527f,
  0x9b05688c,
  0x1f83d9ab,
  0x5be0cd19,
);
/** Of one block at a time. */
const WORDS = new Int32Array(64);

/** SHA-256 (FIPS 180-4) of a text's UTF-8 bytes as 64 hexadecimal digits. Core has no platform, so it brings its own. */
export function sha256(text: string): string {
  const bytes = paddedUtf8(text);
  const state = START_STATE.slice();
  const words = WORDS;
  for (let at = 0; at < bytes.length; at += 64) {
    for (let w = 0; w < 16; w++) {
      const b = at + 4 * w;
      words[w] = (bytes[b] << 24) | (bytes[b + 1] << 16) | (bytes[b + 2] << 8) | bytes[b + 3];
    }
    compress(state, words);
  }
  let digits = "";
  for (let w = 0; w < 8; w++) digits += (state[w] >>> 0).toString(16).padStart(8, "0");
  return digits;
}

/** Index by index rather than by destructuring: iterators would cost more than the rounds. */
function compress(state: Int32Array, words: Int32Array): void {
  for (let w = 16; w < 64; w++) {
    const s0 = rotate(words[w - 15], 7) ^ rotate(words[w - 15], 18) ^ (words[w - 15] >>> 3);
    const s1 = rotate(words[w - 2], 17) ^ rotate(words[w - 2], 19) ^ (words[w - 2] >>> 10);
    words[w] = (words[w - 16] + s0 + words[w - 7] + s1) | 0;
  }
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  let f = state[5];
  let g = state[6];
  let h = state[7];
  for (let w = 0; w < 64; w++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUND_CONSTANTS[w] + words[w]) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

/** Fractional bits of the cube roots of the first 64 primes. */
function roundConstants(): Int32Array {
  const constants = new Int32Array(64);
  let found = 0;
  for (let candidate = 2; found < 64; candidate++) {
    let prime = true;
    for (let factor = 2; factor * factor <= candidate; factor++) if (candidate % factor === 0) prime = false;
    if (prime) constants[found++] = (Math.cbrt(candidate) % 1) * 2 ** 32;
  }
  return constants;
}

/** The text in UTF-8, the bit that ends it, zeros, and its length in bits: a whole number of blocks of 64 bytes. */
function paddedUtf8(text: string): Uint8Array {
  // A unit of UTF-16 takes at most three bytes.
  const bytes = new Uint8Array(Math.ceil((3 * text.length + 9) / 64) * 64);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) {
      bytes[length++] = unit;
      continue;
    }
    const code = text.codePointAt(at) ?? unit;
    if (code > 0xffff) at += 1;
    length = putCode(bytes, length, code);
  }
  bytes[length] = 0x80;
  const end = Math.ceil((length + 9) / 64) * 64;
  const bits = length * 8;
  const view = new DataView(bytes.buffer);
  view.setUint32(end - 8, Math.floor(bits / 2 ** 32));
  view.setUint32(end - 4, bits >>> 0);
  return bytes.subarray(0, end);
}

/** Writes a code point of two to four bytes; returns where the next begins. */
function putCode(bytes: Uint8Array, at: number, code: number): number {
  let next = at;
  if (code < 0x800) bytes[next++] = 0xc0 | (code >> 6);
  else {
    if (code < 0x10000) bytes[next++] = 0xe0 | (code >> 12);
    else {
      bytes[next++] = 0xf0 | (code >> 18);
      bytes[next++] = 0x80 | ((code >> 12) & 63);
    }
    bytes[next++] = 0x80 | ((code >> 6) & 63);
  }
  bytes[next++] = 0x80 | (code & 63);
  return next;
}
