import { useState } from "react";
import type { Bot } from "../../schema/wire/bot.ts";
import type { Hook, HookProof } from "../../schema/wire/signal.ts";
import { useSubmission } from "../session/frame.tsx";
import { ActError } from "../settings/act-error.tsx";
import { Button } from "../ui/button.tsx";
import { type Choice, SelectField, TextField } from "../ui/field.tsx";
import { editHook } from "./signal-queries.ts";
import { draftOfHook, type HookDraft, symbolProblem, symbolsOfText } from "./symbol-names.ts";

const PROOFS: readonly Choice<HookProof>[] = [
  { value: "address", label: "The address alone" },
  { value: "secret", label: "A secret in the message" },
  { value: "signature", label: "A signature in a header" },
];

/** How messages are taken: what they have to prove, how old they may be, when one is missed, what symbols mean. */
export function HookSettingsForm({ bot, hook }: { bot: Bot; hook: Hook }) {
  const submission = useSubmission();
  const [draft, setDraft] = useState(() => draftOfHook(hook.settings));
  const [saved, setSaved] = useState(false);
  const wrong = symbolProblem(draft.symbols, bot.definition.instruments);
  const set = (change: Partial<HookDraft>) => {
    setSaved(false);
    setDraft({ ...draft, ...change });
  };
  const number = (text: string) => (text.trim() === "" ? Number.NaN : Number(text));
  async function save() {
    const expect = draft.expectMinutes.trim();
    await editHook(bot.id, {
      proof: draft.proof,
      maxAgeSeconds: number(draft.maxAge),
      repeatSeconds: number(draft.repeat),
      expectSeconds: expect === "" ? null : Math.round(number(expect) * 60),
      symbols: symbolsOfText(draft.symbols),
    });
    setSaved(true);
  }
  const changed = JSON.stringify(draft) !== JSON.stringify(draftOfHook(hook.settings));
  return (
    <form
      aria-label="How messages are taken"
      className="grid gap-3 border-t border-line pt-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (wrong === undefined) void submission.run(save);
      }}
    >
      <h3 className="font-semibold">How messages are taken</h3>
      <Fields {...{ draft, set, wrong }} instruments={bot.definition.instruments} />
      <ActError error={submission.error} />
      <div className="flex items-center gap-3">
        <Button type="submit" busy={submission.busy} disabled={!changed}>
          Save
        </Button>
        <span role="status" className="text-table text-muted">
          {saved && !changed ? "Saved." : ""}
        </span>
      </div>
    </form>
  );
}

interface FieldsProps {
  readonly draft: HookDraft;
  readonly set: (change: Partial<HookDraft>) => void;
  readonly instruments: readonly string[];
  /** What is wrong with the names of symbols. */
  readonly wrong: string | undefined;
}

function Fields({ draft, set, instruments, wrong }: FieldsProps) {
  return (
    <div className="grid grid-cols-2 gap-4">
      <SelectField
        label="Proof"
        hint="What a message has to bring besides the address. TradingView can send a secret; programs can sign."
        className="max-sm:col-span-2"
        value={draft.proof}
        choices={PROOFS}
        onChange={(proof) => set({ proof })}
      />
      <TextField
        label="Taken until this old"
        hint="By the time that the message says it was sent. Without a time in it nothing is known of its age."
        className="max-sm:col-span-2"
        unit="s"
        inputMode="numeric"
        autoComplete="off"
        value={draft.maxAge}
        onChange={(event) => set({ maxAge: event.target.value })}
      />
      <TextField
        label="Repeats are one within"
        hint="The same wish for the same market and bar, again within this time, is recorded and not acted on."
        className="max-sm:col-span-2"
        unit="s"
        inputMode="numeric"
        autoComplete="off"
        value={draft.repeat}
        onChange={(event) => set({ repeat: event.target.value })}
      />
      <TextField
        label="Expected at least every"
        hint="An alert is raised where neither a signal nor a heartbeat came for so long. Empty for never."
        className="max-sm:col-span-2"
        unit="min"
        inputMode="numeric"
        autoComplete="off"
        placeholder="never"
        value={draft.expectMinutes}
        onChange={(event) => set({ expectMinutes: event.target.value })}
      />
      <TextField
        label="Names of symbols"
        hint={`What a sender calls a market of the bot, as NAME=MARKET with commas between, such as BTCUSDT=${instruments[0]}.`}
        className="col-span-2"
        autoComplete="off"
        spellCheck={false}
        placeholder={`BTCUSDT=${instruments[0]}`}
        value={draft.symbols}
        error={wrong}
        onChange={(event) => set({ symbols: event.target.value })}
      />
    </div>
  );
}
