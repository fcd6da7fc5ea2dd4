import type { Instrument } from "../../schema/wire/dataset.ts";
import { formatNumber } from "../format/format.ts";

/** The grid and the least sizes that orders on an instrument are held to. */
export function InstrumentFacts({ instrument }: { instrument: Instrument }) {
  const step = (value: number) => (value === 0 ? "none" : String(value));
  const facts = [
    { label: "Venue", value: instrument.venue },
    { label: "Base and quote", value: `${instrument.base || "—"} in ${instrument.quote}` },
    { label: "Price step", value: step(instrument.tick) },
    { label: "Quantity step", value: step(instrument.lot) },
    { label: "Least quantity", value: step(instrument.quantityMin) },
    {
      label: "Least amount",
      value: instrument.notionalMin === 0 ? "none" : `${formatNumber(instrument.notionalMin)} ${instrument.quote}`,
    },
    { label: "Days a year", value: String(instrument.daysPerYear) },
  ];
  return (
    <dl className="card num grid grid-cols-2 gap-x-6 gap-y-3 p-5 sm:grid-cols-4 xl:grid-cols-7">
      {facts.map((fact) => (
        <div key={fact.label}>
          <dt className="text-table text-muted">{fact.label}</dt>
          <dd className="font-medium">{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}
