import { SelectField, TextField } from "../ui/field.tsx";
import type { BotDraft } from "./bot-draft.ts";
import { useBotForm } from "./bot-form-context.ts";

const SIZES = [
  { value: "percent", label: "Percent of capital" },
  { value: "all", label: "All of the capital" },
  { value: "risk", label: "Risk at the stop" },
  { value: "quote", label: "Fixed amount" },
  { value: "quantity", label: "Fixed quantity" },
  { value: "volatility", label: "Volatility target" },
] as const;

const DIRECTIONS = [
  { value: "long", label: "Long only" },
  { value: "both", label: "Long and short" },
  { value: "short", label: "Short only" },
] as const;

/** How much is at stake, and which way. */
export function SizePart() {
  const { draft, set, problem, currency, library, own } = useBotForm();
  const id = draft.strategy.slice(draft.strategy.indexOf(":") + 1);
  const shorts = [...library, ...own].find((row) => row.id === id)?.shorts ?? true;
  return (
    <div className="grid grid-cols-2 gap-4 sm:grid-cols-3">
      <TextField
        label="Capital"
        hint="What of the account's money the bot trades with. Its sizes and its profit are measured on it."
        unit={currency}
        inputMode="decimal"
        autoComplete="off"
        value={draft.capital}
        error={problem("capital")}
        onChange={(event) => set({ capital: event.target.value })}
      />
      <SelectField
        label="Size of a trade"
        hint="Risk at the stop sizes each trade so that hitting its stop loses that share; it needs a strategy with stops."
        value={draft.sizing}
        choices={SIZES}
        onChange={(sizing) => set({ sizing })}
      />
      {draft.sizing !== "all" && (
        <TextField
          label={SIZES.find(({ value }) => value === draft.sizing)?.label ?? "Size"}
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
          autoComplete="off"
          value={draft.sizePeriod}
          error={problem("sizePeriod")}
          onChange={(event) => set({ sizePeriod: event.target.value })}
        />
      )}
      <SelectField
        label="Direction"
        {...(shorts ? {} : { hint: "This strategy never goes short." })}
        disabled={!shorts}
        value={shorts ? draft.direction : "long"}
        choices={DIRECTIONS}
        onChange={(direction) => set({ direction })}
      />
      <TextField
        label="Leverage"
        hint="1 trades with the capital alone."
        unit="×"
        inputMode="decimal"
        autoComplete="off"
        value={draft.leverage}
        error={problem("leverage")}
        onChange={(event) => set({ leverage: event.target.value })}
      />
    </div>
  );
}

function sizeUnit(sizing: BotDraft["sizing"], currency: string): string {
  if (sizing === "quantity") return "units";
  return sizing === "quote" ? currency : "%";
}
