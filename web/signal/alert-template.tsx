import { useState } from "react";
import { type HookProof, indicatorTemplate, type SignalWish, STRATEGY_TEMPLATE } from "../../schema/wire/signal.ts";
import { SecretText } from "../settings/secret-text.tsx";
import { SelectField, TextField } from "../ui/field.tsx";
import { Segmented } from "../ui/segmented.tsx";

type Kind = "strategy" | "indicator";
const KINDS = [
  { value: "strategy", label: "Alert of a strategy" },
  { value: "indicator", label: "Alert of an indicator" },
] as const;
const WISHES: readonly { value: SignalWish | "heartbeat"; label: string }[] = [
  { value: "long", label: "go long" },
  { value: "short", label: "go short" },
  { value: "flat", label: "close whatever is held" },
  { value: "exit-long", label: "close a long" },
  { value: "exit-short", label: "close a short" },
  { value: "heartbeat", label: "only say that it is alive" },
];

/** The text to be pasted into an alert, with the placeholders that TradingView fills. */
export function AlertTemplate({ secret, proof }: { secret: string | null; proof: HookProof }) {
  const [kind, setKind] = useState<Kind>("strategy");
  const [wish, setWish] = useState<SignalWish | "heartbeat">("long");
  const [stop, setStop] = useState("");
  const [target, setTarget] = useState("");
  const fields = kind === "strategy" ? STRATEGY_TEMPLATE : indicatorTemplate(wish);
  const entry = kind === "strategy" || wish === "long" || wish === "short";
  const text = JSON.stringify(
    {
      ...fields,
      ...(entry && stop.trim() !== "" ? { stop: stop.trim() } : {}),
      ...(entry && target.trim() !== "" ? { target: target.trim() } : {}),
      ...(proof === "secret" ? { secret: secret ?? "the secret that was shown with the address" } : {}),
    },
    null,
    2,
  );
  return (
    <section aria-label="Text of the alert" className="grid gap-3">
      <h3 className="font-semibold">Text of the alert</h3>
      <p className="text-muted">
        Paste it as the alert's message, and the address as its webhook. TradingView fills what stands in braces; each
        part may also be a plain word or number of your own.
      </p>
      <div className="scroll-thin overflow-x-auto">
        <Segmented label="Kind of alert" value={kind} choices={KINDS} onChange={setKind} />
      </div>
      {kind === "indicator" && <SelectField label="It shall" value={wish} choices={WISHES} onChange={setWish} />}
      {entry && (
        <div className="grid grid-cols-2 gap-4">
          <TextField
            label="Stop price"
            hint={'A number, or a value that your script plots, such as {{plot("stop")}}. Empty for none.'}
            placeholder="none"
            autoComplete="off"
            value={stop}
            onChange={(event) => setStop(event.target.value)}
          />
          <TextField
            label="Target price"
            hint={'A number, or a value that your script plots, such as {{plot("target")}}. Empty for none.'}
            placeholder="none"
            autoComplete="off"
            value={target}
            onChange={(event) => setTarget(event.target.value)}
          />
        </div>
      )}
      <SecretText label="Text to paste" text={text} />
      {kind === "strategy" && (
        <p className="text-table text-muted">
          The position after the order decides: long, short or flat. Sizes are the bot's own.
        </p>
      )}
    </section>
  );
}
