import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AlpacaEmulator } from "../../../e2e/venues/alpaca/alpaca-emulator.ts";
import { emulatedFetch } from "../../../e2e/venues/emulated-fetch.ts";
import type { Connection } from "../../../schema/wire/connection.ts";
import { newClient } from "../../testing/test-client.ts";

let emulator: AlpacaEmulator;

beforeEach(() => {
  emulator = new AlpacaEmulator({ now: Date.now, random: () => 0.5, after: () => undefined });
  vi.stubGlobal("fetch", emulatedFetch(emulator));
});
afterEach(() => void vi.unstubAllGlobals());

describe("S41 a key that replaces another, at a venue that does not say whether it can withdraw", () => {
  it("is taken only once its owner has made sure, as the first one was", async () => {
    const { keyId: apiKey, secret } = emulator.keys;
    const credentials = { venue: "ALPACA", environment: "paper", apiKey, secret };
    const client = await newClient();
    const made = { label: "Alpaca", credentials, withdrawalChecked: true };
    const { id, rotatedAt } = await client.json<Connection>("POST", "/api/v1/connections", made, 201);
    const path = `/api/v1/connections/${id}`;
    for (const said of [{}, { withdrawalChecked: false }]) {
      const reply = await client.send("POST", `${path}/rotate`, { credentials, ...said });
      expect(reply.status).toBe(422);
      expect(await reply.json()).toMatchObject({ issues: [{ field: "withdrawalChecked" }] });
    }
    expect((await client.json<Connection>("GET", path)).rotatedAt).toBe(rotatedAt);
    await client.json<Connection>("POST", `${path}/rotate`, { credentials, withdrawalChecked: true });
  });
});
