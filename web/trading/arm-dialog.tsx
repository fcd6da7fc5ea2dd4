import { Link } from "@tanstack/react-router";
import type { AccountHalt, SetTradingStateInput } from "../../schema/wire/trading.ts";
import { client, newIdempotencyKey } from "../api/runtime.ts";
import { ConfirmAct } from "../settings/confirm-act.tsx";
import { differenceFigures, differenceTitle } from "./difference-words.ts";
import { refreshTrading } from "./queries.ts";

interface ArmDialogProps {
  readonly accountId: string;
  readonly differences: readonly AccountHalt[];
  readonly body: SetTradingStateInput;
  readonly onClose: () => void;
}

/** Arming over a difference that nobody settled: both sides are shown, and what comes of it. */
export function ArmDialog({ accountId, differences, body, onClose }: ArmDialogProps) {
  const arm = () =>
    client.request(`/accounts/${accountId}/trading-state`, {
      method: "POST",
      body,
      idempotencyKey: newIdempotencyKey(),
    });
  return (
    <ConfirmAct
      title="The books differ from the venue's"
      verb="Arm it all the same"
      act={arm}
      onClose={onClose}
      onDone={() => {
        refreshTrading();
        onClose();
      }}
    >
      <ul className="num grid gap-3">
        {differences.map((halt) => (
          <li key={`${halt.code} ${halt.instrument ?? halt.figures?.unit ?? ""}`}>
            <span className="font-medium text-ink">{differenceTitle(halt)}.</span>
            <span className="block">{differenceFigures(halt)}</span>
          </li>
        ))}
      </ul>
      <p className="mt-3">
        Arming changes no figure: a difference that stays halts again at the second comparison, within about a minute.
        To settle it, look at the venue and{" "}
        <Link
          to="/risk"
          search={{ account: accountId }}
          onClick={onClose}
          className="text-accent underline underline-offset-2"
        >
          take over its figure under Risk
        </Link>
        .
      </p>
    </ConfirmAct>
  );
}
