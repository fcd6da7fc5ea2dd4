import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useId, useState } from "react";
import type { VenueInstrumentRow } from "../../schema/wire/venue-instrument.ts";
import { formatCount } from "../format/format.ts";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/field.tsx";
import { InlineError, SkeletonRows } from "../ui/states.tsx";
import { sourceInstrumentsQuery } from "./backfill-queries.ts";

interface InstrumentChoiceProps {
  readonly sourceId: string;
  readonly chosen: string;
  readonly error: string | undefined;
  readonly onChoose: (instrument: string) => void;
}

/** One of a venue's instruments: a few letters find it. */
export function InstrumentChoice({ sourceId, chosen, error, onChoose }: InstrumentChoiceProps) {
  const [typed, setTyped] = useState("");
  const search = useDeferredValue(typed.trim());
  const found = useQuery(sourceInstrumentsQuery(sourceId, search));
  const group = useId();
  const rows = found.data?.rows ?? [];
  return (
    <fieldset className="grid gap-2">
      <legend className="sr-only">Instrument</legend>
      <TextField
        label={chosen === "" ? "Instrument" : `Instrument: ${nameOf(chosen)}`}
        placeholder="BTC"
        autoComplete="off"
        value={typed}
        error={error}
        onChange={(event) => setTyped(event.target.value)}
      />
      <div className="h-44 overflow-y-auto rounded-md border border-line">
        {found.isPending ? (
          <SkeletonRows rows={4} />
        ) : found.isError ? (
          <div className="grid justify-items-start gap-3 p-3">
            <InlineError error={found.error} />
            <Button onClick={() => void found.refetch()}>Try again</Button>
          </div>
        ) : rows.length === 0 ? (
          <p className="px-3 py-2 text-muted">Nothing of that name is traded there.</p>
        ) : (
          <ul>
            {rows.map((row) => (
              <InstrumentRow key={row.id} group={group} row={row} isOn={row.id === chosen} onChoose={onChoose} />
            ))}
          </ul>
        )}
        {found.data !== undefined && found.data.found > rows.length && (
          <p className="num border-t border-line px-3 py-2 text-table text-muted">
            {formatCount(found.data.found - rows.length)} more; type more of the name.
          </p>
        )}
      </div>
    </fieldset>
  );
}

function InstrumentRow(props: {
  group: string;
  row: VenueInstrumentRow;
  isOn: boolean;
  onChoose: (instrument: string) => void;
}) {
  const { id, base, quote, kind, status } = props.row;
  const inputId = useId();
  return (
    <li className="flex min-h-8 items-center gap-2 px-3 hover:bg-hover max-md:min-h-10">
      <input
        id={inputId}
        type="radio"
        name={props.group}
        checked={props.isOn}
        onChange={() => props.onChoose(id)}
        className="size-4 accent-accent-solid"
      />
      <label htmlFor={inputId} className="flex min-w-0 flex-1 items-baseline gap-2">
        <span className="truncate">{nameOf(id)}</span>
        <span className="truncate text-table text-muted">{kind === "stock" ? quote : `${base}/${quote}`}</span>
        {status !== "trading" && <span className="ml-auto text-table text-muted">{status}</span>}
      </label>
    </li>
  );
}

/** The venue's own name, without ours for the venue. */
function nameOf(instrument: string): string {
  return instrument.slice(instrument.indexOf(":") + 1);
}
