import { datasets as table } from "../../schema/tables/dataset.ts";
import { DAY_MS, MINUTE_MS } from "../core/candle/timeframe.ts";
import { SIM_PROFILES, type SimProfile } from "../core/sim/sim-instrument.ts";
import { newId } from "../platform/ids.ts";
import type { OwnedDatabase } from "../platform/owned-database.ts";

/** Seed of the market that every user finds in place, so that two people who compare notes see the same candles. */
export const SIMULATED_SEED = 1;
// Six whole years: a bull and a bear market at least, and a run over all of it stays a matter of seconds.
const FROM_MS = Date.UTC(2020, 0, 1);
const TO_MS = Date.UTC(2026, 0, 1);

type NewDataset = Omit<typeof table.$inferInsert, "ownerId">;

/** Gives a new user the simulated market: one row an instrument, and no stored candles at all. */
export async function seedSimulatedDatasets(owned: OwnedDatabase, nowMs: number): Promise<void> {
  if ((await owned.count(table)) > 0) return;
  await owned.batch(
    SIM_PROFILES.map((profile, index) =>
      // The list shows the newest first: the first instrument is made the newest.
      owned.prepareInsert(table, simulatedDataset(profile, nowMs - index)),
    ),
  );
}

function simulatedDataset(profile: SimProfile, createdAt: number): NewDataset {
  const { symbol } = profile.instrument;
  return {
    id: newId("dat"),
    name: `${symbol} simulated`,
    source: "simulated",
    instrument: profile.instrument,
    timeframe: "1m",
    fromMs: FROM_MS,
    toMs: TO_MS,
    candles: sessionMinutes(profile),
    seed: SIMULATED_SEED,
    report: null,
    createdAt,
    updatedAt: createdAt,
  };
}

/** Minutes in session between the ends of the data: the number of candles there are. */
function sessionMinutes(profile: SimProfile): number {
  let minutes = 0;
  for (let day = FROM_MS / DAY_MS - 1; day <= TO_MS / DAY_MS + 1; day++) {
    const session = profile.calendar.session(day);
    if (session === undefined) continue;
    const from = Math.max(session.open, FROM_MS);
    const to = Math.min(session.close, TO_MS);
    if (to > from) minutes += (to - from) / MINUTE_MS;
  }
  return minutes;
}
