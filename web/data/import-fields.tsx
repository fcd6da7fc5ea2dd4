import { useId } from "react";
import type { ImportQuery } from "../../schema/wire/dataset.ts";
import { TIMEFRAME_NAMES, type TimeframeName, timeframeWords } from "../format/timeframe.ts";
import { Button } from "../ui/button.tsx";
import { SelectField, TextField } from "../ui/field.tsx";

export interface ImportValues {
  readonly name: string;
  readonly symbol: string;
  readonly kind: ImportQuery["kind"];
  readonly quote: string;
  /** Empty: found from the times in the file. */
  readonly timeframe: TimeframeName | "";
  readonly price: ImportQuery["price"];
}

interface ImportFieldsProps {
  readonly values: ImportValues;
  readonly onChange: (values: ImportValues) => void;
  readonly problems: ReadonlyMap<string, string>;
  /** Why the file itself cannot be sent. */
  readonly fileProblem: string | undefined;
  readonly onSubmit: () => void;
}

/** What a file does not say about itself. */
export function ImportFields({ values, onChange, problems, fileProblem, onSubmit }: ImportFieldsProps) {
  const set = (change: Partial<ImportValues>) => onChange({ ...values, ...change });
  const obstacle =
    fileProblem ?? (values.symbol.trim() === "" ? "Say what the candles are of: a symbol such as BTC-USD." : undefined);
  const obstacleId = useId();
  const submit = () => {
    if (obstacle === undefined) onSubmit();
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
      }}
    >
      <div className="grid grid-cols-2 gap-4 sm:grid-cols-3">
        <TextField
          label="Symbol"
          placeholder="BTC-USD"
          value={values.symbol}
          error={problems.get("symbol")}
          onChange={(event) => set({ symbol: event.target.value })}
        />
        <SelectField
          label="Market"
          hint="Decides when the market is open, and how many days a year has for the statistics."
          value={values.kind}
          onChange={(kind) => set({ kind })}
          choices={[
            { value: "crypto", label: "Crypto, every day" },
            { value: "fx", label: "FX, five days" },
            { value: "stock", label: "Stocks, sessions" },
            { value: "future", label: "Futures" },
          ]}
        />
        <TextField
          label="Priced in"
          value={values.quote}
          error={problems.get("quote")}
          onChange={(event) => set({ quote: event.target.value })}
        />
        <TextField
          label="Name of the dataset"
          className="max-sm:col-span-2"
          maxLength={80}
          value={values.name}
          error={problems.get("name")}
          onChange={(event) => set({ name: event.target.value })}
        />
        <SelectField
          label="Timeframe"
          value={values.timeframe}
          error={problems.get("timeframe")}
          onChange={(timeframe) => set({ timeframe })}
          choices={[
            { value: "" as const, label: "Found from the times" },
            ...TIMEFRAME_NAMES.map((value) => ({ value, label: timeframeWords(value) })),
          ]}
        />
        <SelectField
          label="Price, where bid and ask"
          value={values.price}
          onChange={(price) => set({ price })}
          choices={[
            { value: "bid", label: "Bid" },
            { value: "mid", label: "Middle" },
            { value: "ask", label: "Ask" },
          ]}
        />
      </div>
      <div className="mt-5 flex flex-wrap items-center justify-end gap-x-4 gap-y-2">
        <p id={obstacleId} role="status" className={fileProblem === undefined ? "text-muted" : "text-danger"}>
          {obstacle}
        </p>
        <Button kind="primary" type="submit" disabled={obstacle !== undefined} aria-describedby={obstacleId}>
          Import
          <kbd className="ml-1 font-mono text-[11px] max-md:hidden">Ctrl Enter</kbd>
        </Button>
      </div>
    </form>
  );
}
