import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { BlackHole } from "./black-hole.ts";
import {
  askToHold,
  BusyVenue,
  DRILL_BEATS,
  DrillAccount,
  PACE,
  type SidecarProcess,
  startSidecar,
  until,
} from "./sidecar-stage.ts";

const WAIT_MS_MAX = 10_000 * PACE;
/** Its lines are opened within it, beside those of another. */
const TEST_MS_MAX = 60_000 * PACE;
/** A minute that it stands still. */
const STOPPED_MS = 4_000 * PACE;

/** A venue that trades, an account that hears of it, and a sidecar between them, each line through a black hole. */
class Stage {
  readonly busy = new BusyVenue();
  readonly account = new DrillAccount();
  sidecar: SidecarProcess | undefined;
  accountLine: BlackHole | undefined;
  venueLine: BlackHole | undefined;
  private callback = "";
  private origin = "";
  private credentials: object = {};
  /** Trades that the account knows because it asked for everything after a gap. */
  readonly asked = new Set<string>();

  async open(): Promise<void> {
    const served = await this.busy.open();
    this.venueLine = new BlackHole(served.port);
    this.accountLine = new BlackHole(await this.account.listen());
    this.origin = `ws://127.0.0.1:${await this.accountLine.listen()}`;
    this.callback = `${this.origin}/sidecar/v1/accounts/acc_drill`;
    this.credentials = await this.busy.credentials(`http://127.0.0.1:${await this.venueLine.listen()}`);
    this.account.onGap = () => {
      for (const trade of this.busy.trades) this.asked.add(trade);
    };
    await this.start();
    await this.hold();
    await until("the account hears", () => this.account.downAt === undefined, WAIT_MS_MAX);
    await until("the venue is ready", () => this.account.stored.venue.state === "ready", WAIT_MS_MAX);
    this.busy.start();
    await until("trades are heard", () => this.account.heard.length > 10, WAIT_MS_MAX);
  }

  async start(): Promise<void> {
    this.sidecar = await startSidecar([this.origin]);
  }

  async hold(): Promise<number> {
    const epoch = this.account.stored.epoch + 1;
    this.account.stored = { ...this.account.stored, epoch };
    if (this.sidecar === undefined) throw new Error("no sidecar was started");
    const { callback, credentials } = this;
    return askToHold(this.sidecar, { callback, credentials, venue: "XTS", epoch });
  }

  get child() {
    if (this.sidecar === undefined) throw new Error("no sidecar was started");
    return this.sidecar.child;
  }

  /** The venue comes to rest, and the account knows of each trade. */
  async expectNothingLost(): Promise<void> {
    await until("the venue is ready", () => this.account.stored.venue.state === "ready", WAIT_MS_MAX);
    const before = this.account.heard.length;
    await until("trades are heard again", () => this.account.heard.length > before + 5, WAIT_MS_MAX);
    this.busy.stop();
    const known = () => new Set([...this.asked, ...this.account.heard]);
    await until("every trade is known", () => this.busy.trades.every((trade) => known().has(trade)), WAIT_MS_MAX);
    expect(this.account.heard.length).toBe(new Set(this.account.heard).size);
    for (const trade of this.account.heard) expect(this.busy.trades).toContain(trade);
  }

  async close(): Promise<void> {
    await this.busy.close();
    this.account.close();
    this.accountLine?.close();
    this.venueLine?.close();
    this.sidecar?.child.kill("SIGKILL");
  }
}

/** A test on a stage of its own. */
function staged(act: (stage: Stage) => Promise<void>): () => Promise<void> {
  return async () => {
    const stage = new Stage();
    try {
      await stage.open();
      await act(stage);
    } finally {
      await stage.close();
    }
  };
}

// Each has a venue, an account and a sidecar of its own, and mostly waits for what shall be noticed.
describe.concurrent("a sidecar as a process", () => {
  it(
    "F25: is noticed to be gone when it is killed, and nothing is lost once another holds the account",
    staged(async (stage) => {
      stage.child.kill("SIGKILL");
      await until("the account notices", () => stage.account.downAt !== undefined, DRILL_BEATS.noticedMsMax);
      await stage.start();
      expect(await stage.hold()).toBe(200);
      await until("the account hears", () => stage.account.downAt === undefined, WAIT_MS_MAX);
      await stage.expectNothingLost();
    }),
    TEST_MS_MAX,
  );

  it(
    "F25: says goodbye on SIGTERM and ends with 0 within its time",
    staged(async (stage) => {
      const started = performance.now();
      const ended = once(stage.child, "exit");
      stage.child.kill("SIGTERM");
      const [code] = await ended;
      expect(code).toBe(0);
      expect(performance.now() - started).toBeLessThan(5_000);
      await until("the account hears of it", () => stage.account.byes === 1, WAIT_MS_MAX);
      await stage.start();
      await stage.hold();
      await stage.expectNothingLost();
    }),
    TEST_MS_MAX,
  );

  it(
    "F25: is noticed when it stands still, and tells everything when it goes on",
    staged(async (stage) => {
      const stopped = performance.now();
      stage.child.kill("SIGSTOP");
      await until("the account notices", () => stage.account.downAt !== undefined, DRILL_BEATS.noticedMsMax);
      expect((stage.account.downAt ?? 0) - stopped).toBeLessThan(DRILL_BEATS.noticedMsMax);
      await new Promise((resolve) => setTimeout(resolve, STOPPED_MS));
      stage.child.kill("SIGCONT");
      await until("the account hears", () => stage.account.downAt === undefined, WAIT_MS_MAX);
      await stage.expectNothingLost();
    }),
    TEST_MS_MAX,
  );

  it(
    "F26: is dialled out of a black hole by both sides on the line to the account, and every frame arrives once",
    staged(async (stage) => {
      const gaps = stage.account.gaps;
      stage.accountLine?.swallow();
      await until("the account notices", () => stage.account.downAt !== undefined, DRILL_BEATS.noticedMsMax);
      await until("the account hears", () => stage.account.downAt === undefined, WAIT_MS_MAX);
      await stage.expectNothingLost();
      // The same stream goes on: what was under way in the hole was told again.
      expect(stage.account.gaps).toBe(gaps);
      expect(new Set(stage.account.heard)).toEqual(new Set(stage.busy.trades));
    }),
    TEST_MS_MAX,
  );

  it(
    "F26: leaves a black hole on the line to the venue, says so, and asks for what it missed",
    staged(async (stage) => {
      stage.venueLine?.swallow();
      await until(
        "the account hears that the venue is down",
        () => stage.account.stored.venue.state !== "ready",
        2 * DRILL_BEATS.noticedMsMax,
      );
      await stage.expectNothingLost();
    }),
    TEST_MS_MAX,
  );
});
