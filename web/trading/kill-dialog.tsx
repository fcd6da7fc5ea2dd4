import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { DashboardState } from "../../schema/wire/bot.ts";
import { KillResult, type KillSwitch } from "../../schema/wire/trading.ts";
import { newIdempotencyKey, queryClient } from "../api/runtime.ts";
import { formatCount } from "../format/format.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { CheckField, SelectField } from "../ui/field.tsx";
import { InlineError } from "../ui/states.tsx";
import { askDashboard } from "./dashboard-connection.ts";
import { HoldButton } from "./hold-button.tsx";
import {
  type KillReach,
  killChoices,
  killExpected,
  killNames,
  killPositionWords,
  killReach,
  killResultWords,
} from "./kill-words.ts";
import { ask, dashboardQuery, refreshTrading } from "./queries.ts";
import { API_MS_MAX, type KillOutcome, type KillWays, throwKill } from "./throw-kill.ts";

/**
 * Asks what to stop, says what that does, and stops it once the button was held. What was chosen and what came of it last
 * is kept here: a mutation forgets its answer as soon as it runs again.
 */
export function KillDialog({ onClose }: { onClose: () => void }) {
  const [chosen, setChosen] = useState("user");
  const [flatten, setFlatten] = useState(false);
  const [last, setLast] = useState<Thrown>();
  const kill = useKill(setLast);
  return (
    <Dialog title="Stop trading" open onClose={onClose}>
      {last === undefined ? (
        <KillForm kill={kill} {...{ chosen, flatten }} onChoose={setChosen} onFlatten={setFlatten} />
      ) : (
        <Acknowledged kill={kill} {...last} onClose={onClose} />
      )}
    </Dialog>
  );
}

const WAYS: KillWays = {
  post: (body) =>
    ask("/kill", KillResult, {
      ...{ method: "POST", body, idempotencyKey: newIdempotencyKey() },
      signal: AbortSignal.timeout(API_MS_MAX),
    }),
  ask: askDashboard,
  wait: (delayMs) => new Promise((done) => setTimeout(done, delayMs)),
  newId: newIdempotencyKey,
};

/** A switch that was thrown and what came of it. */
interface Thrown {
  readonly outcome: KillOutcome;
  readonly tookMs: number;
  readonly body: KillSwitch;
  /** What was known when it was thrown. */
  readonly before: DashboardState | undefined;
}

type Kill = ReturnType<typeof useKill>;

function useKill(onThrown: (thrown: Thrown) => void) {
  return useMutation({
    // The browser's word that there is no network is often wrong, and this is not to be kept for later.
    networkMode: "always",
    async mutationFn(body: KillSwitch): Promise<Thrown> {
      const before = queryClient.getQueryData(dashboardQuery.queryKey);
      const beganMs = performance.now();
      const outcome = await throwKill(body, WAYS);
      return { outcome, tookMs: performance.now() - beganMs, body, before };
    },
    onSuccess: onThrown,
    onSettled: refreshTrading,
  });
}

interface KillFormProps {
  readonly kill: Kill;
  /** The value of one of the choices. */
  readonly chosen: string;
  readonly flatten: boolean;
  readonly onChoose: (chosen: string) => void;
  readonly onFlatten: (flatten: boolean) => void;
}

function KillForm({ kill, chosen, flatten, onChoose, onFlatten }: KillFormProps) {
  const dashboard = useQuery(dashboardQuery);
  const choices = killChoices(dashboard.data);
  const choice = choices.find(({ value }) => value === chosen) ?? choices[0];
  const reach = killReach(dashboard.data, choice.scope);
  return (
    <div className="grid gap-4">
      <SelectField label="What to stop" value={choice.value} choices={choices} onChange={onChoose} />
      <Consequence reach={reach} flatten={flatten} unknown={dashboard.isError} />
      <CheckField
        label="Also close what is held, at the market"
        hint="Sends market orders for every open position. Leave it off to stop first and look."
        checked={flatten}
        onChange={onFlatten}
      />
      <InlineError error={kill.error === null ? null : kill.error.message} />
      <HoldButton
        key={`${choice.value} ${flatten} ${kill.failureCount} ${kill.submittedAt}`}
        disabled={kill.isPending}
        onHeld={() => kill.mutate({ scope: choice.scope, flatten })}
      >
        {kill.isPending
          ? "Stopping"
          : `Hold to ${kill.isError ? "try again to " : ""}stop ${choice.value === "user" ? "everything" : choice.label}`}
        {flatten ? " and close positions" : ""}
      </HoldButton>
      <p className="-mt-2 text-table text-muted">
        Hold for one and a half seconds with the mouse, a finger, Space or Enter. Letting go sooner does nothing.
      </p>
    </div>
  );
}

function Consequence(props: { reach: KillReach | undefined; flatten: boolean; unknown: boolean }) {
  const { reach, flatten, unknown } = props;
  return (
    <ul className="grid list-disc gap-1 pl-4 text-muted">
      <li>Once it is acknowledged, no new order is sent.</li>
      <li>{orderWords(reach)}</li>
      <li>{botWords(reach)}</li>
      <li>{killPositionWords(reach, flatten)}</li>
      {unknown && <li className="text-danger">What is open could not be read. The switch works all the same.</li>}
    </ul>
  );
}

function orderWords(reach: KillReach | undefined): string {
  if (reach === undefined) return "Open orders are cancelled.";
  if (reach.openOrders === 0) return "No order is open.";
  const verb = reach.openOrders === 1 ? "is" : "are";
  return `${count(reach.openOrders, "open order")} on ${count(reach.accounts, "account")} ${verb} cancelled.`;
}

function botWords(reach: KillReach | undefined): string {
  if (reach?.bots === 0) return "No bot runs.";
  const bots = reach === undefined ? "Bots" : count(reach.bots, "bot");
  return `${bots} can send nothing until you arm trading again under Risk.`;
}

interface AcknowledgedProps extends Thrown {
  readonly kill: Kill;
  readonly onClose: () => void;
}

function Acknowledged({ kill, outcome, tookMs, body, before, onClose }: AcknowledgedProps) {
  const dashboard = useQuery(dashboardQuery).data;
  const { title, reached, unreached } = killResultWords(
    outcome.result,
    body.scope,
    killExpected(dashboard, body.scope),
    killNames(dashboard),
    { flatten: body.flatten, state: body.flatten ? before : dashboard },
  );
  return (
    <div className="grid gap-4">
      <div role="status" className="grid gap-3">
        <p className="font-semibold">
          {title} It took {formatCount(tookMs)} ms.
        </p>
        {unreached.length > 0 && (
          <ul className="grid list-disc gap-1 pl-4 text-danger">
            {unreached.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        )}
        {reached.length > 0 && (
          <ul className="grid list-disc gap-1 pl-4 text-muted">
            {reached.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        )}
        {outcome.way === "socket" && (
          <p className="text-muted">
            The server did not answer as it should, so the word went over the open connection of this page. It is
            written to the audit trail as soon as that can be.
          </p>
        )}
      </div>
      <InlineError error={kill.error === null ? null : `The new try failed. ${kill.error.message}`} />
      <div className="flex flex-wrap justify-end gap-2">
        <Link to="/risk" onClick={onClose} className={buttonClass()}>
          See states under Risk
        </Link>
        {unreached.length > 0 && (
          <Button kind="danger" busy={kill.isPending} onClick={() => kill.mutate(body)}>
            {kill.isPending ? "Trying again" : "Try again"}
          </Button>
        )}
        <Button kind="primary" onClick={onClose}>
          {unreached.length > 0 ? "Leave it" : "Done"}
        </Button>
      </div>
    </div>
  );
}

function count(value: number, noun: string): string {
  return value === 0 ? `No ${noun}` : `${formatCount(value)} ${noun}${value === 1 ? "" : "s"}`;
}
