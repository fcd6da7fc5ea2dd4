import { describe, expect, it } from "vitest";
import { openAlpaca } from "./alpaca/open-alpaca.ts";
import { BINANCE_HOSTS } from "./binance/environment.ts";
import { openBinance } from "./binance/open-binance.ts";
import { openOanda } from "./oanda/open-oanda.ts";
import type { VenueClient } from "./venue-client.ts";
import { openXts } from "./xts/open-xts.ts";

/** Keys that must be found nowhere: one that is signed with, and one that no signer can read. */
const CANARIES = ["k4nary+secret/1234=and-more-of-it", 'k4nary secret "1234" across\ntwo lines'];
const now = () => 1_800_000_000_000;
const after = () => () => undefined;
type Fetch = (url: string, init: RequestInit) => Promise<Response>;

const VENUES: Readonly<Record<string, (canary: string, fetch: Fetch) => VenueClient>> = {
  "BINANCE with a secret": (canary, fetch) => binance({ kind: "hmac", apiKey: canary, secret: canary }, fetch),
  "BINANCE with a private key": (canary, fetch) =>
    binance({ kind: "ed25519", apiKey: canary, secret: `-----BEGIN PRIVATE KEY-----\n${canary}` }, fetch),
  ALPACA: (canary, fetch) =>
    openAlpaca({ fetch, now, after, environment: "paper", key: { keyId: canary, secret: canary } }).client,
  OANDA: (canary, fetch) => {
    const key = { token: canary, accountId: "101-004-1234567-001" };
    return openOanda({ fetch, now, after, environment: "practice", key }).client;
  },
  XTS: (canary, fetch) => {
    const key = { appKey: canary, secretKey: canary };
    const host = { base: "https://xts.example", dataPrefix: "/apimarketdata" };
    return openXts({ fetch, now, after, wait: async () => undefined, host, interactive: key, market: key }).client;
  },
};

function binance(key: { kind: "hmac" | "ed25519"; apiKey: string; secret: string }, fetch: Fetch): VenueClient {
  return openBinance({ fetch, now, after, environment: "testnet", hosts: BINANCE_HOSTS.testnet, key }).client;
}

/** A platform that throws with everything that was handed to it in its words. */
const talkative: Fetch = async (url, init) => {
  const told = `${url} ${JSON.stringify(init)} ${JSON.stringify([...new Headers(init.headers as HeadersInit)])}`;
  throw new TypeError(told, { cause: new Error(told) });
};

function waysToWrite(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    ...[secret, bytes.toString("base64"), bytes.toString("base64url"), bytes.toString("hex")],
    ...[encodeURIComponent(secret), new URLSearchParams({ k: secret }).toString().slice(2)],
    JSON.stringify(secret).slice(1, -1),
  ];
}

/** Everything that could be logged, stored or told of an error. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return JSON.stringify(error);
  const cause = error.cause === undefined ? "" : wordsOf(error.cause);
  return [error.name, error.message, error.stack, JSON.stringify(error), cause].join("\n");
}

async function errorOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error("it must fail");
}

describe("S40 what a signer of a venue throws", () => {
  it.each(Object.entries(VENUES))("holds nothing of the keys at %s", async (_, open) => {
    for (const canary of CANARIES) {
      for (const verb of ["facts", "openOrders", "holdings"] as const) {
        const words = wordsOf(await errorOf(async () => open(canary, talkative)[verb]()));
        for (const text of waysToWrite(canary)) expect(words).not.toContain(text);
      }
    }
  });
});
