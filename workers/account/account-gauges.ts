import type { TradingHalt } from "../../schema/wire/bot.ts";
import { gauge } from "../metrics/meter.ts";
import type { OpenAccount } from "./account-outbox.ts";
import { accountHalt } from "./account-view.ts";
import { venueLabel } from "./counted-desk.ts";
import { KILL_REASON } from "./desk-account.ts";

/** Told again so often, so that the sum forgets accounts that are gone. */
const TOLD_EVERY_MS = 10 * 60_000;

interface AccountFigures {
  readonly halt: TradingHalt | null;
  /** Differences from the venue that stand. */
  readonly differences: number;
  readonly venue: ReturnType<typeof venueLabel>;
}

type HaltedBy = "person" | "platform" | "desk";

/** What one account adds to the sums of all: whether it is halted, and how many differences stand. */
export class AccountGauges {
  private readonly source: string;
  private told:
    | { readonly halted: HaltedBy | undefined; readonly differences: number; readonly at: number }
    | undefined;

  constructor(source: string) {
    this.source = source;
  }

  /** Says how it is, where that changed or was said long ago. */
  tell(now: AccountFigures, nowMs: number): void {
    const halted = haltedBy(now.halt);
    const { told, source } = this;
    const isSame = told !== undefined && told.halted === halted && told.differences === now.differences;
    if (isSame && nowMs - told.at < TOLD_EVERY_MS) return;
    this.told = { halted, differences: now.differences, at: nowMs };
    const value = (is: boolean) => ({ value: is ? 1 : undefined, source, at: nowMs });
    for (const by of ["person", "platform", "desk"] as const) gauge("accounts_halted", { by }, value(halted === by));
    gauge("reconcile_differences", { venue: now.venue }, { value: now.differences, source, at: nowMs });
  }
}

/** What an open account has to tell. */
export function accountGauges({ desk, record }: OpenAccount): AccountFigures {
  const differences = desk.books.record.halts.length;
  return { halt: accountHalt(desk), differences, venue: venueLabel(record.account.market) };
}

function haltedBy(halt: TradingHalt | null): HaltedBy | undefined {
  if (halt === null || halt.state !== "HALTED") return undefined;
  if (halt.scope === "platform") return "platform";
  return halt.by !== null || halt.reason === KILL_REASON ? "person" : "desk";
}
