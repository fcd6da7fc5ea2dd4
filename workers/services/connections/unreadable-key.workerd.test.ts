import { afterEach, describe, expect, it, vi } from "vitest";
import type { ConnectionList } from "../../../schema/wire/connection.ts";
import { newClient } from "../../testing/test-client.ts";

/** The private key of the first test vector of RFC 8032, as PKCS#8. */
const PRIVATE_KEY = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----`;
const LINE = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j";

afterEach(() => void vi.unstubAllGlobals());

describe("keys of Binance that are not of the kind that was chosen", () => {
  it.each([
    ["ed25519", LINE, "since Ed25519 was chosen as the kind of key, was a line without that form: choose HMAC (hmac)"],
    [
      "hmac",
      PRIVATE_KEY,
      "since HMAC was chosen as the kind of key, was an Ed25519 private key: choose Ed25519 (ed25519)",
    ],
  ])(
    "are refused with the field, what it was and what to choose, and reach nobody: %s",
    async (keyKind, secret, told) => {
      const asked = vi.fn(async () => new Response("{}"));
      vi.stubGlobal("fetch", asked);
      const client = await newClient();
      const keys = { venue: "BINANCE", environment: "testnet", apiKey: "key-of-nobody", keyKind, secret };
      const reply = await client.send("POST", "/api/v1/connections", { label: "Binance", credentials: keys });
      const text = await reply.text();
      expect(reply.status, text).toBe(422);
      expect(JSON.parse(text)).toMatchObject({
        issues: [{ field: "credentials.secret", rule: expect.stringContaining(told) }],
      });
      for (const line of secret.split("\n").filter((part) => !part.startsWith("-----")))
        expect(text).not.toContain(line);
      expect(asked).not.toHaveBeenCalled();
      expect((await client.json<ConnectionList>("GET", "/api/v1/connections")).rows).toEqual([]);
    },
  );
});
