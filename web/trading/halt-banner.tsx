import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { OctagonX } from "lucide-react";
import { useState } from "react";
import { sessionQuery } from "../api/queries.ts";
import { ActError } from "../settings/act-error.tsx";
import { Button } from "../ui/button.tsx";
import { Ago, Moment } from "../ui/moment.tsx";
import { ArmDialog } from "./arm-dialog.tsx";
import { differenceFigures, differencesWithin } from "./difference-words.ts";
import { type HaltInForce, haltCause, haltGap, haltsInForce, haltTitle } from "./halt-words.ts";
import { dashboardQuery } from "./queries.ts";
import { useSetTradingState } from "./trading-state.ts";

/** Rows that are shown at once; the others stand under Risk. */
const ROWS_MAX = 3;

/** Says on every page that trading is stopped: what that covers, since when, by whom, and how it is armed again. */
export function HaltBanner() {
  const viewing = useQuery(sessionQuery).data?.viewing ?? null;
  const halts = haltsInForce(useQuery(dashboardQuery).data);
  if (halts.length === 0) return null;
  return (
    <section aria-label="Trading is stopped" className="border-b border-danger bg-danger-soft px-6 py-2 max-md:px-4">
      <ul className="grid gap-2">
        {halts.slice(0, ROWS_MAX).map((halt) => (
          <Row key={`${halt.scope} ${halt.accounts[0].accountId}`} halt={halt} own={viewing === null} />
        ))}
      </ul>
      {halts.length > ROWS_MAX && (
        <p className="mt-1">
          <Link to="/risk" className="underline underline-offset-2">
            {halts.length - ROWS_MAX} more under Risk
          </Link>
        </p>
      )}
    </section>
  );
}

function Row({ halt, own }: { halt: HaltInForce; own: boolean }) {
  const change = useSetTradingState();
  const known = useQuery(dashboardQuery).data?.accounts;
  const [isAsked, setAsked] = useState(false);
  const { scope, since, until, accounts } = halt;
  const [{ accountId }] = accounts;
  const gap = haltGap(halt);
  const body = { state: "ACTIVE", scope: scope === "user" ? "user" : "account" } as const;
  const differences = scope === "account" ? differencesWithin(known?.[accountId]?.differences ?? [], undefined) : [];
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
      <OctagonX size={16} aria-hidden className="shrink-0 text-danger" />
      <p role="status" className="min-w-0 flex-1 basis-64 break-words">
        <strong className="font-semibold">{haltTitle(halt)}</strong>, {haltCause(halt, own)}
        {since !== null && (
          <>
            , <Ago timeMs={since} />
          </>
        )}
        . {differences.length > 0 && <span className="num">{differences.map(differenceFigures).join(" ")} </span>}
        {gap !== null && <strong className="font-semibold">{gap} </strong>}
        {until !== null && (
          <>
            It ends by itself at <Moment timeMs={until} />.{" "}
          </>
        )}
        {scope !== "platform" && own && (
          <span className="text-muted">Arming asks who you are; each bot is started by hand after that. </span>
        )}
        <Link to="/risk" search={{ account: accountId }} className="underline underline-offset-2">
          See it under Risk
        </Link>
      </p>
      {scope !== "platform" && own && (
        <Button
          busy={change.isPending}
          {...(scope === "user" ? {} : { "aria-label": `Arm it again: ${accounts[0].name}` })}
          onClick={() => (differences.length > 0 ? setAsked(true) : change.mutate({ accountId, body }))}
        >
          {scope === "user" ? "Arm trading again" : "Arm it again"}
        </Button>
      )}
      {isAsked && <ArmDialog {...{ accountId, differences, body }} onClose={() => setAsked(false)} />}
      {change.isError && (
        <div className="w-full">
          <ActError error={change.error} />
        </div>
      )}
    </li>
  );
}
