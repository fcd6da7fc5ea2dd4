import { systemClock } from "../platform/clock.ts";
import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";
import { AccountNotices } from "./account-notices.ts";
import { AccountOutbox, type OpenAccount } from "./account-outbox.ts";
import { deskAccountOf } from "./account-record.ts";
import { deskMeter } from "./counted-desk.ts";
import { obeyDeployment } from "./deployment-halt.ts";
import { Desk } from "./desk.ts";
import { SqlDeskStore } from "./sql-desk-store.ts";

/** Puts an account together from what its storage holds: after a crash exactly as at any other start. */
export function openAccount(
  { ctx, env }: { readonly ctx: DurableObjectState; readonly env: Env },
  { record, venue, line }: Pick<OpenAccount, "record" | "venue" | "line">,
): OpenAccount {
  const store = new SqlDeskStore(ctx.storage);
  const onSilence = (error: unknown) => logEvent("venue_silent", { id: record.account.id, error });
  const account = deskAccountOf(record);
  const desk = new Desk({
    ...{ store, broker: venue.broker, account, now: systemClock, onSilence },
    meter: deskMeter(record),
  });
  obeyDeployment(desk, env.TRADING_HALTED);
  const outbox = new AccountOutbox({ env, ctx, record, store, desk, now: systemClock });
  const later = (work: Promise<unknown>) => ctx.waitUntil(work);
  const notices = new AccountNotices({ env, storage: ctx.storage, record, store, desk, now: systemClock, later });
  return { record, store, desk, venue, outbox, notices, line };
}
