import { Camera, Download, Table2 } from "lucide-react";
import { type RangeName, rangesWithin } from "../chart/chart-range.ts";
import type { TimeSpan } from "../chart/chart-spec.ts";
import { IndicatorToggle } from "../chart/indicator-toggle.tsx";
import { IconButton } from "../ui/button.tsx";
import { Segmented } from "../ui/segmented.tsx";

interface ToolbarProps {
  readonly whole: TimeSpan;
  readonly symbol: string;
  readonly symbols: readonly string[];
  readonly setSymbol: (symbol: string) => void;
  readonly logarithmic: boolean;
  readonly setLogarithmic: (on: boolean) => void;
  readonly asTable: boolean;
  readonly setAsTable: (on: boolean) => void;
  readonly range: RangeName | undefined;
  readonly onRange: (range: RangeName) => void;
  readonly onPicture: () => void;
  readonly onData: () => void;
}

/** What the chart of a report shows and how. */
export function ReportChartToolbar(props: ToolbarProps) {
  return (
    <div className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">
      {props.symbols.length > 1 && (
        <Segmented
          label="Instrument"
          value={props.symbol}
          onChange={props.setSymbol}
          choices={props.symbols.map((symbol) => ({ value: symbol, label: symbol }))}
        />
      )}
      <Segmented
        label="Stretch of time"
        value={props.range}
        onChange={props.onRange}
        choices={rangesWithin(props.whole)}
      />
      <Segmented
        label="Scale"
        value={props.logarithmic ? "log" : "linear"}
        onChange={(scale) => props.setLogarithmic(scale === "log")}
        choices={[
          { value: "linear", label: "Linear" },
          { value: "log", label: "Log", hint: "Equal steps are equal percentages" },
        ]}
      />
      <IndicatorToggle />
      <div className="ml-auto flex items-center">
        <IconButton label="Show as a table" pressed={props.asTable} onClick={() => props.setAsTable(!props.asTable)}>
          <Table2 size={16} aria-hidden />
        </IconButton>
        <IconButton label="Save a picture of the chart" disabled={props.asTable} onClick={props.onPicture}>
          <Camera size={16} aria-hidden />
        </IconButton>
        <IconButton label="Download the equity as CSV" onClick={props.onData}>
          <Download size={16} aria-hidden />
        </IconButton>
      </div>
    </div>
  );
}
