import { type ReactNode, useState } from "react";
import type { SignalCheck } from "../../schema/wire/signal.ts";
import { useSubmission } from "../session/frame.tsx";
import { instrumentName } from "../trading/instrument-name.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { boxClass, Field } from "../ui/field.tsx";
import { InlineError } from "../ui/states.tsx";
import { checkMessage } from "./signal-queries.ts";
import { STATE_WORDS, termWords, WISH_WORDS } from "./signal-words.ts";

/** Says how a message would be taken, with nothing done. */
export function TryMessage({ botId }: { botId: string }) {
  const submission = useSubmission();
  const [message, setMessage] = useState("");
  const [check, setCheck] = useState<SignalCheck | null>(null);
  return (
    <form
      aria-label="Try a message"
      className="grid gap-3 border-t border-line pt-4"
      onSubmit={(event) => {
        event.preventDefault();
        void submission.run(async () => setCheck(await checkMessage(botId, message)));
      }}
    >
      <h3 className="font-semibold">Try a message</h3>
      <Field
        label="A message as it would arrive"
        hint="Read as if it came in now. Nothing is done and nothing is written down."
      >
        {(attributes) => (
          <textarea
            {...attributes}
            rows={3}
            spellCheck={false}
            placeholder='buy BTCUSD, or {"action":"sell","position":"flat"}'
            value={message}
            onChange={(event) => {
              setMessage(event.target.value);
              setCheck(null);
            }}
            className={`${boxClass} h-auto min-h-20 w-full resize-y py-1.5 font-mono`}
          />
        )}
      </Field>
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" busy={submission.busy} disabled={message.trim() === ""}>
          Read it
        </Button>
        <span role="status" className="min-w-0">
          {check !== null && <Understood check={check} />}
        </span>
      </div>
      <InlineError error={submission.error} />
    </form>
  );
}

function Understood({ check: { state, reason, wish, instrument, terms } }: { check: SignalCheck }): ReactNode {
  if (state === "heartbeat") return "A heartbeat: the sender is alive, and nothing is done.";
  const taken = state === "received";
  const prices = termWords(terms);
  return (
    <span className="inline-flex flex-wrap items-baseline gap-x-2">
      <Badge tone={taken ? "live" : STATE_WORDS[state].tone}>
        {taken ? "would be taken" : STATE_WORDS[state].label}
      </Badge>
      {wish !== null && instrument !== null && (
        <span>
          {WISH_WORDS[wish]} {instrumentName(instrument)}
          {prices === "" ? "" : `, ${prices}`}
        </span>
      )}
      {reason !== null && <span className="text-muted">{reason}</span>}
    </span>
  );
}
