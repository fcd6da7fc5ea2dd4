/** What the secret half of a key looks like. Binance shows HMAC secrets as one line; all others are files of their owner. */
export type SecretForm = "line" | "ed25519" | "rsa" | "public" | "encrypted" | "other-key";

/** The algorithm's object identifier in a key's DER, RFC 8410: 1.3.101.112. */
const ED25519_OID = "\x06\x03\x2b\x65\x70";
/** RFC 8017: 1.2.840.113549.1.1.1. */
const RSA_OID = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
/** In PKCS#8 the identifier follows two lengths and a version. */
const HEAD_BYTES = 40;
const FRAME = /-----BEGIN ([A-Z0-9 ]{1,40})-----/;

/** Tells forms apart by their frames and their first bytes; whether a key is whole is for whoever imports it to say. */
export function secretFormOf(secret: string): SecretForm {
  const frame = FRAME.exec(secret)?.[1];
  if (frame?.endsWith("PUBLIC KEY") === true) return "public";
  if (frame === "ENCRYPTED PRIVATE KEY") return "encrypted";
  if (frame === "RSA PRIVATE KEY") return "rsa";
  const head = headOf(secret);
  if (head.startsWith("\x30") && head.includes(ED25519_OID)) return "ed25519";
  if (head.startsWith("\x30") && head.includes(RSA_OID)) return "rsa";
  return secret.includes("-----BEGIN") ? "other-key" : "line";
}

/** The first bytes of what is in base64, a character each; empty where it is not. */
function headOf(secret: string): string {
  const text = secret.replaceAll(/-----[A-Z0-9 ]{1,40}-----/g, "").replaceAll(/\s/g, "");
  try {
    return atob(text).slice(0, HEAD_BYTES);
  } catch {
    return "";
  }
}
