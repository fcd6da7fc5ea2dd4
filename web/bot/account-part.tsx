import { Link } from "@tanstack/react-router";
import { BOT_INSTRUMENTS_MAX } from "../../schema/wire/bot.ts";
import { REPLAY_SPEED_MAX } from "../../schema/wire/trading.ts";
import { timeframeWords } from "../format/timeframe.ts";
import { accountLabel } from "../trading/mode-words.ts";
import { SelectField, TextField } from "../ui/field.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { useBotForm } from "./bot-form-context.ts";
import { botTimeframes, marketsOf, withAccount } from "./bot-markets.ts";
import { LiveBotNotice } from "./live-bot-notice.tsx";

const NEW = "new";

/** Where it trades: account, markets, timeframe. */
export function AccountPart() {
  const form = useBotForm();
  const { draft, accounts, set, problem, editing } = form;
  return (
    <div className="grid gap-4">
      <div className="grid gap-4 sm:grid-cols-2">
        {editing ? (
          <TextField
            label="Account"
            disabled
            readOnly
            value={accounts.find(({ id }) => id === draft.account)?.name ?? draft.account}
          />
        ) : (
          <SelectField
            label="Account"
            hint="Money, positions and caps are of an account. A bot stays on its account."
            value={draft.account === "" ? NEW : draft.account}
            choices={[
              ...accounts.map((account) => ({ value: account.id, label: accountLabel(account) })),
              { value: NEW, label: "A new account" },
            ]}
            onChange={(account) => set(withAccount(draft, { account: account === NEW ? "" : account }, form))}
          />
        )}
        <SelectField
          label="Timeframe"
          hint="The bot decides at the close of each candle of this length."
          value={draft.timeframe}
          error={problem("timeframe")}
          choices={botTimeframes(draft, form).map((name) => ({ value: name, label: timeframeWords(name) }))}
          onChange={(timeframe) => set({ timeframe })}
        />
      </div>
      {draft.account === "" && <NewAccount />}
      {!editing && <LiveBotNotice account={accounts.find(({ id }) => id === draft.account)} />}
      <Markets />
    </div>
  );
}

/** The account that is made when the bot is. */
function NewAccount() {
  const form = useBotForm();
  const { draft, datasets, set, problem, currency } = form;
  return (
    <div className="grid gap-4 rounded-md border border-line px-4 py-3">
      <Segmented
        label="Prices of the new account"
        className="justify-self-start"
        value={draft.newMarket}
        choices={[
          { value: "sim", label: "Simulated market", hint: "Prices that are made up, second by second, without end" },
          { value: "replay", label: "Replay of my data", hint: "Candles you imported, played again as if live" },
        ]}
        onChange={(newMarket) => {
          const newDataset = draft.newDataset === "" ? (datasets[0]?.id ?? "") : draft.newDataset;
          set(withAccount(draft, { newMarket, newDataset }, form));
        }}
      />
      {draft.newMarket === "replay" && datasets.length === 0 ? (
        <p className="text-muted">
          There is no data to play yet.{" "}
          <Link to="/data" search={{ import: "open" }} className="text-accent underline underline-offset-2">
            Import candles
          </Link>
        </p>
      ) : (
        <div className="grid gap-4 sm:grid-cols-3">
          {draft.newMarket === "replay" && (
            <>
              <SelectField
                label="Data"
                value={draft.newDataset}
                error={problem("newDataset")}
                choices={datasets.map(({ id, name, timeframe }) => ({ value: id, label: `${name}, ${timeframe}` }))}
                onChange={(newDataset) => set(withAccount(draft, { newDataset }, form))}
              />
              <TextField
                label="Speed"
                hint={`Times as fast as it happened, 1 to ${REPLAY_SPEED_MAX}. At 60 an hour takes a minute.`}
                unit="×"
                inputMode="decimal"
                autoComplete="off"
                value={draft.newSpeed}
                error={problem("newSpeed")}
                onChange={(event) => set({ newSpeed: event.target.value })}
              />
            </>
          )}
          <TextField
            label="Paper money"
            hint="What the account begins with. It is made up, like every fill on it."
            unit={currency}
            inputMode="decimal"
            autoComplete="off"
            value={draft.newCash}
            error={problem("newCash")}
            onChange={(event) => set({ newCash: event.target.value })}
          />
        </div>
      )}
    </div>
  );
}

function Markets() {
  const form = useBotForm();
  const { draft, set, problem } = form;
  const error = problem("instruments");
  const markets = marketsOf(draft, form);
  // A market that the account no longer has stays in sight, so that it can be taken off.
  const gone = draft.instruments.filter((id) => !markets.some(({ instrument }) => instrument === id));
  const shown = [...markets, ...gone.map((instrument) => ({ instrument, symbol: instrument }))];
  return (
    <fieldset>
      <legend className="mb-1 text-table font-medium text-muted">Markets, up to {BOT_INSTRUMENTS_MAX}</legend>
      <div className="flex flex-wrap gap-2">
        {shown.map(({ instrument, symbol }) => {
          const on = draft.instruments.includes(instrument);
          return (
            <button
              key={instrument}
              type="button"
              aria-pressed={on}
              disabled={!on && draft.instruments.length >= BOT_INSTRUMENTS_MAX}
              onClick={() =>
                set({
                  instruments: on
                    ? draft.instruments.filter((id) => id !== instrument)
                    : [...draft.instruments, instrument],
                })
              }
              className="min-h-8 rounded-md border border-line px-3 text-table font-medium text-muted hover:border-line-strong hover:text-ink aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-accent max-md:min-h-10"
            >
              {symbol}
            </button>
          );
        })}
      </div>
      {error !== undefined && <p className="mt-1 text-table text-danger">{error}</p>}
    </fieldset>
  );
}
