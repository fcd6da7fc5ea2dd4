import { describe, expect, it } from "vitest";
import { secretFormOf } from "./secret-form.ts";
import { type BinanceKey, binanceSigner } from "./sign.ts";

const { subtle } = crypto;
const USES = ["sign", "verify"];
const ED25519 = (await subtle.generateKey({ name: "Ed25519" }, true, USES)) as CryptoKeyPair;
const RSA_KIND = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", modulusLength: 2_048 };
const RSA = (await subtle.generateKey(
  { ...RSA_KIND, publicExponent: new Uint8Array([1, 0, 1]) },
  true,
  USES,
)) as CryptoKeyPair;
const CURVE = (await subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, USES)) as CryptoKeyPair;
const BARE = await base64Of("pkcs8", ED25519.privateKey);
const PEM = framed("PRIVATE KEY", BARE);
const PUBLIC = framed("PUBLIC KEY", await base64Of("spki", ED25519.publicKey));
const RSA_PEM = framed("PRIVATE KEY", await base64Of("pkcs8", RSA.privateKey));
const EC = framed("PRIVATE KEY", await base64Of("pkcs8", CURVE.privateKey));
/** Forms that this platform does not write are told by their frames. */
const LOCKED = framed("ENCRYPTED PRIVATE KEY", "MIGjMF8GCSqGSIb3DQEFDTBSMDEGCSqGSIb3DQEFDDAkBBA");
const RSA_OF_OLD = framed("RSA PRIVATE KEY", "MIIEowIBAAKCAQEAu1SU1LfVLPHCozMxH2Mo4lgOEePzNm0t");
const CUT = framed("PRIVATE KEY", BARE.slice(0, -12));
/** As Binance shows it: 64 letters and digits. */
const LINE = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j";

async function base64Of(form: "pkcs8" | "spki", key: CryptoKey): Promise<string> {
  const bytes = new Uint8Array((await subtle.exportKey(form, key)) as ArrayBuffer);
  return btoa(String.fromCharCode(...bytes));
}

function framed(label: string, base64: string): string {
  const lines = base64.match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

const refusal = (kind: BinanceKey["kind"], secret: string) =>
  binanceSigner({ kind, apiKey: "key", secret }).then(
    () => "taken",
    (error: Error) => `${error.name}: ${error.message}`,
  );

describe("a secret that is none of the kind that was chosen", () => {
  it.each([
    ["ed25519", "an HMAC secret", LINE, "choose HMAC (hmac)"],
    ["ed25519", "an RSA key", RSA_PEM, "an RSA key, which is not taken"],
    ["ed25519", "an RSA key of the old form", RSA_OF_OLD, "an RSA key, which is not taken"],
    ["ed25519", "another curve", EC, "another kind, or not whole"],
    ["ed25519", "its public half", PUBLIC, "enter the private one"],
    ["ed25519", "a key under a passphrase", LOCKED, "without one"],
    ["ed25519", "half of a key", CUT, "from BEGIN to END"],
    ["hmac", "an Ed25519 key", PEM, "choose Ed25519 (ed25519)"],
    ["hmac", "an Ed25519 key without its frame", BARE, "choose Ed25519 (ed25519)"],
    ["hmac", "an RSA key", RSA_PEM, "an RSA key, which is not taken"],
    ["hmac", "a public key", PUBLIC, "enter the private one"],
  ] as const)(
    "is refused: %s for %s, with its field, what it was and what to choose",
    async (kind, _, secret, told) => {
      const text = await refusal(kind, secret);
      expect(text).toMatch(/^UnreadableKey: secret must be .+ was chosen as the kind of key, was /);
      expect(text).toContain(told);
      for (const line of secret.split("\n").filter((part) => part.length > 8 && !part.startsWith("-----"))) {
        expect(text).not.toContain(line);
      }
    },
  );

  it("is not taken for one where it is of that kind", async () => {
    expect(await refusal("hmac", LINE)).toBe("taken");
    expect(await refusal("hmac", "emulated hmac key of nobody")).toBe("taken");
    for (const secret of [PEM, PEM.replaceAll("\n", " "), BARE]) expect(await refusal("ed25519", secret)).toBe("taken");
  });

  it("is told apart from a key by more than its length: a secret of 64 letters may be base64 too", () => {
    expect(BARE).toHaveLength(LINE.length);
    expect([secretFormOf(BARE), secretFormOf(LINE), secretFormOf("MC4CAQ==")]).toEqual(["ed25519", "line", "line"]);
  });
});
