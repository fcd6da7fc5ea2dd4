/** 128 bits: nobody finds another's id by trying. */
const ID_BYTES = 16;
const DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";

export type IdKind =
  | "usr"
  | "dat"
  | "imp"
  | "str"
  | "run"
  | "req"
  | "lse"
  | "ses"
  | "dev"
  | "wri"
  | "key"
  | "inv"
  | "mai"
  | "aud"
  | "exp"
  | "sec"
  | "acc"
  | "bot"
  | "con"
  | "bfl"
  | "cls"
  | "epo"
  | "jti"
  | "nch"
  | "nru"
  | "not"
  | "dlv"
  | "dig"
  | "sig"
  | "adj";

/** A new random id such as `run_3kx…`: the kind, then 128 random bits in base 32. */
export function newId(kind: IdKind): string {
  const bytes = crypto.getRandomValues(new Uint8Array(ID_BYTES));
  let text = "";
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += DIGITS[(value >> bits) & 31];
    }
    value &= (1 << bits) - 1;
  }
  if (bits > 0) text += DIGITS[(value << (5 - bits)) & 31];
  return `${kind}_${text}`;
}
