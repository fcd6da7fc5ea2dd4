import { afterEach, describe, expect, it } from "vitest";
import { serveVenue, type VenueServer } from "../e2e/venues/venue-server.ts";
import { VENUES } from "../e2e/venues/venues.ts";
import { askToHold, DrillAccount, type SidecarProcess, startSidecar, until } from "./sidecar-stage.ts";

const WAIT_MS_MAX = 10_000;

/** Venues whose streams are opened by an account's keys alone, with the environment that moves no real money. */
const HELD = [
  { venue: "BINANCE", environment: "testnet" },
  { venue: "ALPACA", environment: "paper" },
  { venue: "OANDA", environment: "practice" },
] as const;

describe("a sidecar as a process, with keys of a venue", () => {
  let server: VenueServer | undefined;
  let sidecar: SidecarProcess | undefined;
  let account: DrillAccount | undefined;
  afterEach(async () => {
    sidecar?.child.kill("SIGKILL");
    account?.close();
    await server?.close();
  });

  for (const { venue, environment } of HELD) {
    it(`holds the stream of ${venue}, and says that it is told everything`, async () => {
      const open = VENUES[venue.toLowerCase()];
      if (open === undefined) throw new Error(`${venue} must have an emulator`);
      const after = (delayMs: number, act: () => void) => void setTimeout(act, delayMs);
      const emulator = open({ now: Date.now, random: () => 0.5, after });
      server = await serveVenue(emulator);
      account = new DrillAccount();
      account.stored = { ...account.stored, epoch: 1 };
      const origin = `ws://127.0.0.1:${await account.listen()}`;
      const VENUE_ORIGINS = JSON.stringify({ [`${venue}.${environment}`]: server.url });
      sidecar = await startSidecar([origin], { VENUE_ORIGINS });
      const callback = `${origin}/sidecar/v1/accounts/acc_drill`;
      const credentials = credentialsOf(venue, emulator.keys);
      expect(await askToHold(sidecar, { callback, venue, environment, credentials, epoch: 1 })).toBe(200);
      await until("the venue is ready", () => account?.stored.venue.state === "ready", WAIT_MS_MAX);
      expect(account.gaps).toBeGreaterThan(0);
    }, 30_000);

    it(`refuses keys of ${venue} that cannot be such, without a word of them`, async () => {
      account = new DrillAccount();
      const origin = `ws://127.0.0.1:${await account.listen()}`;
      sidecar = await startSidecar([origin]);
      const callback = `${origin}/sidecar/v1/accounts/acc_drill`;
      expect(await askToHold(sidecar, { callback, venue, environment, credentials: { secret: "x" }, epoch: 1 })).toBe(
        422,
      );
    }, 30_000);
  }
});

function credentialsOf(venue: (typeof HELD)[number]["venue"], keys: Readonly<Record<string, string>>): object {
  if (venue === "OANDA") return { token: keys.token, accountId: keys.accountId };
  if (venue === "ALPACA") return { apiKey: keys.keyId, secret: keys.secret };
  return { keyKind: "hmac", apiKey: keys["HMAC key"], secret: keys["HMAC secret"] };
}
