import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Download } from "lucide-react";
import { client } from "../api/runtime.ts";
import { ORDER_STATES, type OrdersSearch, parseOrdersSearch } from "../app/trading-search.ts";
import { useSubmission } from "../session/frame.tsx";
import { orderStateWord } from "../trading/mode-word.tsx";
import { accountsQuery } from "../trading/queries.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { CheckField, SelectField, TextField } from "../ui/field.tsx";
import { saveBlob } from "../ui/save-file.ts";
import { InlineError } from "../ui/states.tsx";
import { useTypedWords } from "../ui/use-typed-words.ts";
import { fillFilter, hasOrderFilter, orderFilter } from "./order-filter.ts";

/** Narrows the list: words, account, state, days. Everything is in the address. */
export function OrderFilters() {
  const search = useSearch({ from: "/app/orders" });
  const navigate = useNavigate({ from: "/orders" });
  const accounts = useQuery(accountsQuery).data ?? [];
  const set = (change: OrdersSearch) =>
    void navigate({ search: (now) => parseOrdersSearch({ ...now, ...change, order: undefined }), replace: true });
  const trades = search.view === "trades";
  return (
    <div className="flex flex-wrap items-end gap-3 border-b border-line px-4 py-3 max-md:grid max-md:grid-cols-2">
      <Words value={search.q ?? ""} trades={trades} onChange={(q) => set({ q })} />
      {accounts.length > 1 && (
        <SelectField
          label="Account"
          className="max-w-44"
          value={search.account ?? ""}
          choices={[
            { value: "", label: "Every account" },
            ...accounts.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={(account) => set({ account })}
        />
      )}
      {!trades && (
        <SelectField
          label="State"
          className="min-w-32"
          value={search.state ?? ""}
          choices={[
            { value: "", label: "Every state" },
            ...ORDER_STATES.map((state) => ({ value: state, label: orderStateWord(state) })),
          ]}
          onChange={(state) => set({ state: state === "" ? undefined : state })}
        />
      )}
      <TextField
        label="From"
        type="date"
        value={search.from ?? ""}
        max={search.to}
        onChange={(event) => set({ from: event.target.value })}
      />
      <TextField
        label="To"
        type="date"
        value={search.to ?? ""}
        min={search.from}
        onChange={(event) => set({ to: event.target.value })}
      />
      <div className="flex grow items-center gap-3 max-md:col-span-2">
        {!trades && (
          <CheckField
            label="Open only"
            checked={search.open ?? false}
            onChange={(open) => set({ open: open ? true : undefined })}
          />
        )}
        <Button
          kind="quiet"
          disabled={!hasOrderFilter(search)}
          onClick={() => void navigate({ search: { view: search.view }, replace: true })}
        >
          Clear
        </Button>
        <SaveList />
      </div>
    </div>
  );
}

/** The whole list as it is filtered, however long, written by the server. */
function SaveList() {
  const search = useSearch({ from: "/app/orders" });
  const submission = useSubmission();
  const trades = search.view === "trades";
  const name = trades ? "trades" : "orders";
  async function save() {
    const path = trades ? "/fills.csv" : "/orders.csv";
    const query = trades ? fillFilter(search) : orderFilter(search);
    const response = await client.fetch(path, { query });
    saveBlob(await response.blob(), `${name}.csv`);
  }
  return (
    <>
      <span className="ml-auto inline-flex">
        <IconButton
          label={`Download these ${name} as CSV`}
          disabled={submission.busy}
          onClick={() => void submission.run(save)}
        >
          <Download size={16} aria-hidden />
        </IconButton>
      </span>
      {submission.error !== null && (
        <div className="w-full max-md:col-span-2">
          <InlineError error={submission.error} />
        </div>
      )}
    </>
  );
}

function Words(props: { value: string; trades: boolean; onChange: (value: string | undefined) => void }) {
  const [typed, setTyped] = useTypedWords(props.value, props.onChange);
  return (
    <TextField
      label={props.trades ? "Market" : "Words"}
      type="search"
      data-page-search
      maxLength={60}
      placeholder={props.trades ? "BTC-USD, or a part" : "An id, a market, a signal"}
      className="w-56 max-md:col-span-2 max-md:w-full"
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
    />
  );
}
