import type { DeskIntent } from "../account/desk-calls.ts";
import type { RunDefinition } from "../core/engine/settings.ts";
import type { TraderCommand } from "../core/engine/trader-command.ts";
import { exactText } from "../core/ledger/decimal-double.ts";

/** What a decision asks of the desk. Numbers become the texts that read back as them. */
export function intentOf(
  command: Extract<TraderCommand, { type: "place" }>,
  { instruments }: Pick<RunDefinition, "instruments">,
): DeskIntent {
  const { candleTime, leg, ordinal, side, kind, role, quantity, limit, stop, legs, reason, tag } = command;
  const entry = instruments[command.instrument].instrument;
  const text = (value: number | undefined) => (value === undefined ? undefined : exactText(value));
  const protect = { stop: text(legs.stop), target: text(legs.target), trail: text(legs.trail) };
  return {
    ...{ candleTime, leg, ordinal, instrument: entry.id, side, kind, role, quantity: exactText(quantity) },
    ...(limit === undefined ? {} : { limit: exactText(limit) }),
    ...(stop === undefined ? {} : { stop: exactText(stop) }),
    reduceOnly: role === "exit",
    signal: `${reason} at ${new Date(candleTime).toISOString().slice(0, 16)}Z${tag === "" ? "" : ` (${tag})`}`,
    protect: JSON.parse(JSON.stringify(protect)),
  };
}
