import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import type { Connection } from "../../schema/wire/connection.ts";
import type { CreateTradingAccountInput } from "../../schema/wire/trading.ts";
import type { VenueInstrumentPage, VenueInstrumentRow } from "../../schema/wire/venue-instrument.ts";
import { ACCOUNT_INSTRUMENTS_MAX } from "../../schema/wire/venue-instrument.ts";
import { client } from "../api/runtime.ts";
import { useSubmission } from "../session/frame.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { CheckField, TextField } from "../ui/field.tsx";
import { Failure, SkeletonRows } from "../ui/states.tsx";
import { ActError } from "./act-error.tsx";
import { withProof } from "./prove.ts";
import { VENUE_NAMES } from "./venue-words.ts";

interface VenueAccountDialogProps {
  readonly connection: Connection;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Makes a trading account at a venue: its currency and the instruments that it may trade, and no others. */
export function VenueAccountDialog({ connection, onClose, onDone }: VenueAccountDialogProps) {
  const submission = useSubmission();
  const { id, label, venue, environment, facts, isLive } = connection;
  const [name, setName] = useState(label);
  const [currency, setCurrency] = useState(facts.currency);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [typed, setTyped] = useState("");
  const [confirmed, setConfirmed] = useState("");
  const words = isLive ? `trade real money at ${VENUE_NAMES[venue]}` : "";
  async function make() {
    const body: CreateTradingAccountInput = {
      name,
      currency,
      market: { kind: "venue", connectionId: id, instruments: [...chosen] },
    };
    await withProof(() => client.request("/accounts", { method: "POST", body }));
    onDone();
  }
  return (
    <Dialog title={`Trade with ${label}`} open onClose={onClose} wide>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submission.run(make);
        }}
      >
        <p className="text-muted">
          {isLive
            ? "Orders of this account move real money. Its caps begin as shares of what is there now: look at them under Risk before a bot starts."
            : `Orders go to ${VENUE_NAMES[venue]} (${environment}) and move play money.`}
        </p>
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label="Name"
            required
            maxLength={80}
            autoComplete="off"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          <TextField
            label="Currency"
            hint="What the account counts in; only instruments that are quoted in it can be traded."
            required
            maxLength={6}
            autoComplete="off"
            value={currency}
            onChange={(event) => {
              setCurrency(event.target.value.toUpperCase());
              setChosen([]);
            }}
          />
        </div>
        <Instruments
          connectionId={id}
          currency={currency}
          typed={typed}
          onType={setTyped}
          chosen={chosen}
          onChoose={setChosen}
        />
        {isLive && (
          <TextField
            label={`Type: ${words}`}
            autoComplete="off"
            value={confirmed}
            onChange={(event) => setConfirmed(event.target.value)}
          />
        )}
        <ActError error={submission.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button
            kind="primary"
            type="submit"
            busy={submission.busy}
            disabled={chosen.length === 0 || confirmed.trim() !== words}
          >
            Make the account
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

interface InstrumentsProps {
  readonly connectionId: string;
  readonly currency: string;
  readonly typed: string;
  readonly onType: (typed: string) => void;
  readonly chosen: readonly string[];
  readonly onChoose: (chosen: readonly string[]) => void;
}

function Instruments({ connectionId, currency, typed, onType, chosen, onChoose }: InstrumentsProps) {
  const search = useDeferredValue(typed);
  const found = useQuery({
    queryKey: ["venue-instruments", connectionId, search],
    queryFn: ({ signal }) =>
      client.request<VenueInstrumentPage>(
        `/connections/${connectionId}/instruments?search=${encodeURIComponent(search)}`,
        { signal },
      ),
    placeholderData: keepPreviousData,
  });
  const rows = found.data?.rows.filter(({ quote, status }) => quote === currency && status === "trading") ?? [];
  const toggle = (id: string, isOn: boolean) =>
    onChoose(isOn ? [...chosen, id].slice(0, ACCOUNT_INSTRUMENTS_MAX) : chosen.filter((one) => one !== id));
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1 text-table font-medium text-muted">
        Instruments it may trade, {chosen.length} of at most {ACCOUNT_INSTRUMENTS_MAX}
      </legend>
      <TextField
        label="Search"
        placeholder="Name or symbol"
        autoComplete="off"
        value={typed}
        onChange={(event) => onType(event.target.value)}
      />
      {found.isPending ? (
        <SkeletonRows rows={3} />
      ) : found.isError ? (
        <Failure error={found.error} onRetry={() => void found.refetch()} />
      ) : rows.length === 0 ? (
        <p className="text-muted">Nothing that is quoted in {currency} matches.</p>
      ) : (
        <ul className="max-h-60 overflow-y-auto rounded-md border border-line px-3 py-1">
          {rows.map((row) => (
            <li key={row.id}>
              <InstrumentBox row={row} isOn={chosen.includes(row.id)} onToggle={toggle} />
            </li>
          ))}
        </ul>
      )}
    </fieldset>
  );
}

function InstrumentBox(props: {
  row: VenueInstrumentRow;
  isOn: boolean;
  onToggle: (id: string, isOn: boolean) => void;
}) {
  const { id, base, quote } = props.row;
  const symbol = id.slice(id.indexOf(":") + 1);
  // Where the venue's own name does not say what it is, both are shown: contracts of one share have one base.
  const label = symbol.startsWith(base) ? `${base}/${quote}` : `${base}/${quote} (${symbol})`;
  return <CheckField label={label} checked={props.isOn} onChange={(isOn) => props.onToggle(id, isOn)} />;
}
