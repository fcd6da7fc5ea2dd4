import { describe, expect, it } from "vitest";
import { readJson } from "../request/read-json.ts";
import { binanceSigner } from "./sign.ts";

/** The private key of the first test vector of RFC 8032, as PKCS#8. */
const ED25519_OF_THE_RFC = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g";

describe("in the runtime of the platform", () => {
  it("numbers of a reply keep how they were written", () => {
    expect(readJson('{"id":9007199254740993,"price":0.10}')).toEqual({ id: "9007199254740993", price: "0.10" });
    expect(() => readJson('{"__proto__":1}')).toThrow("__proto__");
  });

  it("requests are signed with both kinds of keys", async () => {
    const hmac = await binanceSigner({ kind: "hmac", apiKey: "key", secret: "secret" });
    // By `printf 'symbol=LTCBTC' | openssl dgst -sha256 -hmac secret`.
    expect(await hmac("symbol=LTCBTC")).toBe("3cc9c0a1a14fcbd26373d5ebd532f2b5243f390ebfed6077e2d0ee0ec6970971");
    const ed25519 = await binanceSigner({ kind: "ed25519", apiKey: "key", secret: ED25519_OF_THE_RFC });
    // The RFC's signature of the empty message.
    const signature = [...atob(await ed25519(""))]
      .map((byte) => byte.charCodeAt(0).toString(16).padStart(2, "0"))
      .join("");
    expect(signature).toBe(
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    );
  });

  it("a secret that is none of its kind is refused", async () => {
    await expect(binanceSigner({ kind: "ed25519", apiKey: "key", secret: "bm8ga2V5" })).rejects.toThrow();
  });
});
