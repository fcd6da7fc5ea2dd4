import { CircleAlert, KeyRound, RotateCw, Unplug } from "lucide-react";
import { useState } from "react";
import type { Bot } from "../../schema/wire/bot.ts";
import type { Hook, NewHook } from "../../schema/wire/signal.ts";
import { useSubmission } from "../session/frame.tsx";
import { ActError } from "../settings/act-error.tsx";
import { ConfirmAct } from "../settings/confirm-act.tsx";
import { SecretText } from "../settings/secret-text.tsx";
import { Button } from "../ui/button.tsx";
import { Ago, Moment } from "../ui/moment.tsx";
import { dropHook, makeHook } from "./signal-queries.ts";

interface HookCardProps {
  readonly bot: Bot;
  readonly hook: Hook;
  /** The address as it was just made; null once nobody can show it any more. */
  readonly made: NewHook | null;
  readonly missingSince: number | null;
  readonly onMade: (hook: NewHook) => void;
}

/** The address that senders post to: made, shown once, replaced, taken away. */
export function HookCard({ bot, hook, made, missingSince, onMade }: HookCardProps) {
  const submission = useSubmission();
  const [asked, setAsked] = useState<"rotate" | "drop" | null>(null);
  const make = async (rotate: boolean) => onMade(await makeHook(bot.id, { rotate }));
  return (
    <section aria-label="Address" className="grid gap-3">
      <h3 className="font-semibold">Address</h3>
      {missingSince !== null && (
        <p role="alert" className="flex items-start gap-2 text-notice">
          <CircleAlert size={15} aria-hidden className="mt-0.5 shrink-0" />
          <span>
            Nothing was heard in the time in which something was expected: missing since{" "}
            <Moment timeMs={missingSince} />. Look at the sender.
          </span>
        </p>
      )}
      {hook.lockedUntil !== null && (
        <p role="alert" className="flex items-start gap-2 text-danger">
          <CircleAlert size={15} aria-hidden className="mt-0.5 shrink-0" />
          <span>
            Closed until <Moment timeMs={hook.lockedUntil} />: somebody sent too many messages with a wrong secret or
            signature. Whoever did knows the address, so make another one.
          </span>
        </p>
      )}
      {hook.active ? (
        <>
          {made === null ? (
            <p className="text-muted">
              There is an address ending in <span className="font-mono text-ink">…{hook.ending}</span>
              {hook.madeAt !== null && (
                <>
                  , made <Ago timeMs={hook.madeAt} />
                </>
              )}
              . It was shown when it was made and is stored as a hash only; make another one where it was lost.
            </p>
          ) : (
            <Made hook={made} />
          )}
          <div className="flex flex-wrap gap-2">
            <Button onClick={() => setAsked("rotate")}>
              <RotateCw size={14} aria-hidden /> Make another
            </Button>
            <Button kind="danger" onClick={() => setAsked("drop")}>
              <Unplug size={14} aria-hidden /> Take it away
            </Button>
          </div>
        </>
      ) : (
        <>
          <p className="text-muted">
            Whoever knows the address can drive this bot within its caps. It is shown once, when it is made.
          </p>
          <div>
            <Button kind="primary" busy={submission.busy} onClick={() => void submission.run(() => make(false))}>
              <KeyRound size={14} aria-hidden /> Make the address
            </Button>
          </div>
          <ActError error={submission.error} />
        </>
      )}
      {asked === "rotate" && (
        <ConfirmAct
          title="Make another address"
          verb="Make another"
          act={() => make(true)}
          onClose={() => setAsked(null)}
          onDone={() => setAsked(null)}
        >
          The old address answers as one that never was from this moment on, with its secret and its signing key. Put
          the new one into every alert.
        </ConfirmAct>
      )}
      {asked === "drop" && (
        <ConfirmAct
          title="Take the address away"
          verb="Take it away"
          act={() => dropHook(bot.id)}
          onClose={() => setAsked(null)}
          onDone={() => setAsked(null)}
        >
          Nothing reaches the bot any more. What it holds stays, with its stops, until you close it.
        </ConfirmAct>
      )}
    </section>
  );
}

function Made({ hook }: { hook: NewHook }) {
  return (
    <div className="grid gap-3">
      <p className="text-notice">Copy what you need now: none of it can be shown again.</p>
      <SecretText label="Address for the alert's webhook" text={hook.address} />
      <details>
        <summary className="cursor-pointer text-table text-muted select-none hover:text-ink">
          Secret and signing key, where messages shall prove more
        </summary>
        <div className="mt-2 grid gap-3">
          <p className="text-table text-muted">
            Secret: a field <span className="font-mono">secret</span> of a JSON message.
          </p>
          <SecretText label="Secret" text={hook.secret} />
          <p className="text-table text-muted">
            Signing key: for a program that sends{" "}
            <span className="font-mono break-all">X-ApexTrade-Signature: t=…,v1=HMAC-SHA-256(t.body)</span>.
          </p>
          <SecretText label="Signing key" text={hook.signingKey} />
        </div>
      </details>
    </div>
  );
}
