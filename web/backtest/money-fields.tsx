import { classNames } from "../ui/class-names.ts";
import { SelectField, TextField } from "../ui/field.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { sizingNote } from "./market-sizing.ts";
import type { RunDraft } from "./run-draft.ts";
import { useRunForm } from "./run-form.ts";
import { goesShort } from "./strategy-direction.ts";

const SIZES = [
  { value: "all", label: "All cash" },
  { value: "percent", label: "Percent of equity" },
  { value: "risk", label: "Risk at the stop" },
  { value: "quote", label: "Fixed amount" },
  { value: "quantity", label: "Fixed quantity" },
  { value: "volatility", label: "Volatility target" },
] as const;

const DIRECTIONS = [
  { value: "both", label: "Long and short" },
  { value: "long", label: "Long only" },
  { value: "short", label: "Short only" },
] as const;

const SLIPPAGES = [
  { value: "none", label: "None" },
  { value: "bps", label: "Basis points" },
  { value: "ticks", label: "Ticks" },
  { value: "volume", label: "Share of volume" },
] as const;

/** Usual fees, in percent; a starting point that anyone may change. */
const FEE_PRESETS = [
  { value: "none", label: "None", maker: "0", taker: "0" },
  { value: "crypto", label: "Crypto", maker: "0.1", taker: "0.1" },
  { value: "futures", label: "Futures", maker: "0.02", taker: "0.05" },
  { value: "fx", label: "FX", maker: "0.003", taker: "0.003" },
  { value: "stocks", label: "Stocks", maker: "0.005", taker: "0.005" },
] as const;

/** How much is at stake in a trade. */
export function MoneyFields() {
  const form = useRunForm();
  const { draft, set, problem, currency } = form;
  const note = sizingNote(draft);
  return (
    <div className="grid gap-4 sm:grid-cols-3">
      <TextField
        label="Cash"
        unit={currency}
        inputMode="decimal"
        autoComplete="off"
        value={draft.cash}
        error={problem("cash")}
        onChange={(event) => set({ cash: event.target.value })}
      />
      <SelectField
        label="Size of a trade"
        hint="Risk at the stop sizes each trade so that hitting its stop loses that share of equity; it needs a strategy with stops."
        value={draft.sizing}
        onChange={(sizing) => set({ sizing })}
        choices={SIZES}
      />
      {draft.sizing !== "all" && (
        <TextField
          label={SIZES.find((size) => size.value === draft.sizing)?.label ?? "Size"}
          unit={sizeUnit(draft.sizing, currency)}
          inputMode="decimal"
          autoComplete="off"
          value={draft.size}
          error={problem("size")}
          onChange={(event) => set({ size: event.target.value })}
        />
      )}
      {draft.sizing === "volatility" && (
        <TextField
          label="Candles of the estimate"
          inputMode="numeric"
          value={draft.sizePeriod}
          error={problem("sizePeriod")}
          onChange={(event) => set({ sizePeriod: event.target.value })}
        />
      )}
      {goesShort(form, draft.strategy) ? (
        <SelectField
          label="Direction"
          value={draft.direction}
          onChange={(direction) => set({ direction })}
          choices={DIRECTIONS}
        />
      ) : (
        <SelectField
          label="Direction"
          hint="This strategy never goes short."
          value="long"
          disabled
          onChange={() => undefined}
          choices={[{ value: "long", label: "Long only" }]}
        />
      )}
      {note !== undefined && (
        <p role="status" className="-mt-1 text-table text-muted sm:col-span-3">
          {note}
        </p>
      )}
    </div>
  );
}

/** What trading costs. */
export function CostFields() {
  const { draft, set, problem } = useRunForm();
  const preset = FEE_PRESETS.find((row) => row.maker === draft.maker && row.taker === draft.taker)?.value;
  return (
    <div className="grid gap-4">
      <Segmented
        label="Usual fees"
        className="justify-self-start max-sm:flex-wrap"
        value={preset}
        choices={FEE_PRESETS}
        onChange={(value) => {
          const row = FEE_PRESETS.find((known) => known.value === value);
          if (row !== undefined) set({ maker: row.maker, taker: row.taker });
        }}
      />
      <div className="grid grid-cols-2 gap-4 sm:grid-cols-4">
        <TextField
          label="Maker fee"
          hint="Paid when an order waits in the book and is met, as a share of the amount."
          unit="%"
          inputMode="decimal"
          value={draft.maker}
          error={problem("maker")}
          onChange={(event) => set({ maker: event.target.value })}
        />
        <TextField
          label="Taker fee"
          hint="Paid when an order trades at once: market orders and stops."
          unit="%"
          inputMode="decimal"
          value={draft.taker}
          error={problem("taker")}
          onChange={(event) => set({ taker: event.target.value })}
        />
        <SelectField
          label="Slippage"
          hint="How much worse than the candle's price market orders and stops fill. A test without any is too kind."
          value={draft.slippage}
          choices={SLIPPAGES}
          onChange={(slippage) => set({ slippage })}
        />
        <TextField
          label="Amount"
          className={classNames(draft.slippage === "none" && "invisible")}
          unit={{ none: "", bps: "bps", ticks: "ticks", volume: "× vol" }[draft.slippage]}
          inputMode="decimal"
          value={draft.slip}
          error={draft.slippage === "none" ? undefined : problem("slip")}
          onChange={(event) => set({ slip: event.target.value })}
        />
      </div>
    </div>
  );
}

function sizeUnit(sizing: RunDraft["sizing"], currency: string): string {
  if (sizing === "quantity") return "units";
  return sizing === "quote" ? currency : "%";
}
