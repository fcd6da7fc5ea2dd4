import { LISTENER_GONE, type MarketCall, type MarketListener, type MarketSlice } from "../feed/live/market-port.ts";

/** A listener of a market that keeps what it was told and can be made to fail. */
export class TestListener implements MarketListener {
  /** Calls it took in, without repeats. */
  readonly taken: MarketCall[] = [];
  /** How often it was called. */
  calls = 0;
  /** What it does with the next calls: takes them, fails before or after taking them in, hangs, or is gone. */
  mood: "takes" | "fails" | "forgets" | "hangs" | "gone" = "takes";
  private readonly onCall: () => void;

  constructor(onCall: () => void = () => undefined) {
    this.onCall = onCall;
  }

  async onMarket(call: MarketCall): Promise<void> {
    this.calls++;
    this.onCall();
    if (this.mood === "gone") throw new Error(`${LISTENER_GONE}: deleted`);
    if (this.mood === "hangs") await new Promise<never>(() => undefined);
    if (this.mood === "fails") throw new Error("the listener fell over");
    this.take(call);
    if (this.mood === "forgets") throw new Error("the answer was lost");
  }

  /** Slices in the order in which they were taken. */
  get slices(): MarketSlice[] {
    return this.taken.flatMap(({ slices }) => slices);
  }

  /** A repeat must be the call that it repeats, and no number may be left out. */
  private take(call: MarketCall): void {
    const before = this.taken.at(-1);
    const known = this.taken.find(({ sequence }) => sequence === call.sequence);
    if (known === undefined) {
      if (before !== undefined && call.sequence !== before.sequence + 1) {
        throw new Error(`call ${call.sequence} came after ${before.sequence}`);
      }
      this.taken.push(structuredClone(call));
    } else if (JSON.stringify(known) !== JSON.stringify(call)) {
      throw new Error(`call ${call.sequence} came again with another content`);
    }
  }
}
