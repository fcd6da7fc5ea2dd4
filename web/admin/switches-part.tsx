import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { PlatformSwitches } from "../../schema/wire/admin.ts";
import { sessionQuery } from "../api/queries.ts";
import { client } from "../api/runtime.ts";
import { formatInstant } from "../format/time.ts";
import { ConfirmAct } from "../settings/confirm-act.tsx";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Ago } from "../ui/moment.tsx";
import { Section } from "../ui/page.tsx";
import { Failure, Skeleton } from "../ui/states.tsx";
import { switchesQuery } from "./admin-queries.ts";
import { MaintenanceDialog } from "./maintenance-dialog.tsx";
import { ReasonedAct } from "./reasoned-act.tsx";

type Asked = "halt" | "arm" | "maintain" | "end-maintenance" | "close" | "confirm" | "withdraw";

/** Trading, maintenance and the closing of everything: what holds for all accounts at once. */
export function SwitchesPart() {
  const switches = useQuery(switchesQuery);
  const role = useQuery(sessionQuery).data?.user?.role;
  const [asked, setAsked] = useState<Asked | null>(null);
  return (
    <Section title="Switches" note="For the whole deployment. Each is written down in your trail.">
      {switches.isPending ? (
        <Skeleton className="h-48 w-full" />
      ) : switches.data === undefined ? (
        <Failure error={switches.error} onRetry={() => void switches.refetch()} />
      ) : (
        <>
          <Switches switches={switches.data} mayThrow={role === "administrator"} onAsk={setAsked} />
          {asked !== null && <Dialogs asked={asked} switches={switches.data} onClose={() => setAsked(null)} />}
        </>
      )}
    </Section>
  );
}

interface SwitchesProps {
  readonly switches: PlatformSwitches;
  readonly mayThrow: boolean;
  readonly onAsk: (asked: Asked) => void;
}

function Switches({ switches, mayThrow, onAsk }: SwitchesProps) {
  const { trading, maintenance } = switches;
  const isHalted = trading.state === "HALTED";
  return (
    <ul className="card divide-y divide-line">
      <Row
        name="Trading"
        state={isHalted ? <Badge tone="danger">Stopped</Badge> : <Badge tone="accent">On</Badge>}
        words={
          isHalted
            ? `${quoted(trading.reason)}No desk sends anything but cancels and what closes.${untoldWords(trading.untold)}`
            : `${quoted(trading.reason)}Desks trade within their limits.`
        }
        since={trading.changedAt}
        button={
          mayThrow &&
          (isHalted ? (
            <Button onClick={() => onAsk("arm")}>Let trading go on</Button>
          ) : (
            <Button kind="danger" onClick={() => onAsk("halt")}>
              Stop all trading
            </Button>
          ))
        }
      />
      <Row
        name="Maintenance"
        state={maintenance.isOn ? <Badge tone="notice">On</Badge> : <Badge>Off</Badge>}
        words={
          maintenance.isOn
            ? `People read: “${maintenance.message}”${maintenance.until === null ? "" : ` Until ${formatInstant(maintenance.until)}.`}`
            : "Everybody may use everything. Bots go on in either case."
        }
        since={maintenance.changedAt}
        button={
          mayThrow &&
          (maintenance.isOn ? (
            <Button onClick={() => onAsk("end-maintenance")}>End it</Button>
          ) : (
            <Button onClick={() => onAsk("maintain")}>Begin a maintenance</Button>
          ))
        }
      />
      <ClosingRow {...{ switches, mayThrow, onAsk }} />
    </ul>
  );
}

function ClosingRow({ switches, mayThrow, onAsk }: SwitchesProps) {
  const { closing, administrators } = switches;
  const userId = useQuery(sessionQuery).data?.user?.id;
  if (closing?.state === "open") {
    const isMine = closing.askedBy === userId;
    return (
      <Row
        name="Closing all positions"
        state={<Badge tone="danger">Waits for a second administrator</Badge>}
        words={`“${closing.reason}” ${isMine ? "You asked for it." : "Another administrator asked for it."} Void from ${formatInstant(closing.expiresAt)} on.`}
        since={closing.askedAt}
        button={
          mayThrow && (
            <>
              <Button onClick={() => onAsk("withdraw")}>Take it back</Button>
              {!isMine && (
                <Button kind="danger" onClick={() => onAsk("confirm")}>
                  Agree and close
                </Button>
              )}
            </>
          )
        }
      />
    );
  }
  const last = closing === null ? "" : ` The last one was ${closing.state}.`;
  return (
    <Row
      name="Closing all positions"
      state={<Badge>None asked for</Badge>}
      words={
        administrators < 2
          ? `It needs two administrators, and there is ${administrators === 1 ? "one" : "none"}.${last}`
          : `One administrator asks, another agrees; trading stops at once.${last}`
      }
      since={closing?.decidedAt ?? null}
      button={
        mayThrow &&
        administrators >= 2 && (
          <Button kind="danger" onClick={() => onAsk("close")}>
            Close everything
          </Button>
        )
      }
    />
  );
}

interface RowProps {
  readonly name: string;
  readonly state: ReactNode;
  readonly words: string;
  readonly since: number | null;
  readonly button: ReactNode;
}

function Row({ name, state, words, since, button }: RowProps) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 px-5 py-3">
      <div className="min-w-0 flex-1 basis-64">
        <div className="flex flex-wrap items-center gap-2 font-medium">
          {name} {state}
        </div>
        <p className="text-table break-words text-muted">
          {words}
          {since !== null && (
            <>
              {" "}
              Changed <Ago timeMs={since} />.
            </>
          )}
        </p>
      </div>
      <div className="flex flex-wrap gap-2">{button}</div>
    </li>
  );
}

/** Why it was thrown, before what follows from it. The version before this one, which may still answer, knows no reasons. */
function quoted(reason: string | null | undefined): string {
  return typeof reason === "string" ? `“${reason}” ` : "";
}

function untoldWords(untold: number): string {
  if (untold === 0) return "";
  return ` ${untold} ${untold === 1 ? "account was" : "accounts were"} not reached yet and will be told within minutes.`;
}

interface DialogsProps {
  readonly asked: Asked;
  readonly switches: PlatformSwitches;
  readonly onClose: () => void;
}

function Dialogs({ asked, switches, onClose }: DialogsProps) {
  const cache = useQueryClient();
  const closing = switches.closing?.id ?? "";
  const onDone = () => {
    onClose();
    void cache.invalidateQueries({ queryKey: ["admin"] });
  };
  const post = (path: string, body?: object) => () =>
    client.request(path, { method: "POST", ...(body === undefined ? {} : { body }) });
  switch (asked) {
    case "halt":
      return (
        <ReasonedAct
          {...{ onClose, onDone }}
          title="Stop all trading"
          verb="Stop all trading"
          needs="reason"
          hint="Whoever operates reads it beside the switch and in your trail."
          act={(why) => post("/admin/trading", { state: "HALTED", ...why })()}
        >
          Every desk of every account cancels its open orders and sends nothing new. What is held stays held. Stops that
          rest at venues are cancelled, too: think of closing as well.
        </ReasonedAct>
      );
    case "arm":
      return (
        <ReasonedAct
          {...{ onClose, onDone }}
          title="Let trading go on"
          verb="Let it go on"
          hint="Whoever operates reads it beside the switch and in your trail."
          act={(why) => post("/admin/trading", { state: "ACTIVE", ...why })()}
        >
          Desks trade again within their limits. Bots that were stopped wait until their owners start them again.
        </ReasonedAct>
      );
    case "end-maintenance":
      return (
        <ConfirmAct
          {...{ onClose, onDone }}
          title="End the maintenance"
          verb="End it"
          act={post("/admin/maintenance", { isOn: false })}
        >
          Everybody may use everything again within seconds.
        </ConfirmAct>
      );
    case "confirm":
      return (
        <ConfirmAct
          {...{ onClose, onDone }}
          title="Close every position"
          verb="Agree and close"
          act={post(`/admin/closings/${closing}/confirm`)}
        >
          Every desk closes what it holds, at the market, now. “{switches.closing?.reason}”
        </ConfirmAct>
      );
    case "withdraw":
      return (
        <ConfirmAct
          {...{ onClose, onDone }}
          title="Take the closing back"
          verb="Take it back"
          act={() => client.request(`/admin/closings/${closing}`, { method: "DELETE" })}
        >
          Nothing is closed. Trading stays stopped until it is let go on.
        </ConfirmAct>
      );
    case "maintain":
      return <MaintenanceDialog onClose={onClose} onDone={onDone} />;
    case "close":
      return (
        <ReasonedAct
          {...{ onClose, onDone }}
          title="Close every position"
          verb="Stop trading and ask"
          needs="reason"
          hint="The other administrator reads it, and so does whoever reads your trail."
          act={(why) => post("/admin/closings", why)()}
        >
          All trading stops now. Every position of everybody is closed, at the market, once another administrator agrees
          within half an hour.
        </ReasonedAct>
      );
  }
}
