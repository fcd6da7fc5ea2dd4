import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import type { ReactNode } from "react";
import type { BridgeAddress, Connection } from "../../schema/wire/connection.ts";
import { formatAmount } from "../format/decimal.ts";
import { StreamState } from "../trading/stream-state.tsx";
import { Button, buttonClass } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { CopyButton } from "./secret-text.tsx";
import { connectionsQuery } from "./settings-queries.ts";

interface TerminalDialogProps {
  readonly connection: Pick<Connection, "id" | "label">;
  /** The key that was made a moment ago, which nobody can show again. */
  readonly secret: string | undefined;
  readonly onTrade: (connection: Connection) => void;
  readonly onReplace: (connection: Connection) => void;
  readonly onClose: () => void;
}

/** How a terminal is set up so that it dials here, and whether it has. */
export function TerminalDialog({
  connection: { id, label },
  secret,
  onTrade,
  onReplace,
  onClose,
}: TerminalDialogProps) {
  const { rows = [], bridge = null } = useQuery(connectionsQuery).data ?? {};
  const connection = rows.find((row) => row.id === id);
  return (
    <Dialog title={`Set up the terminal of ${label}`} open onClose={onClose} wide>
      <div className="grid gap-5">
        <ol className="grid list-decimal gap-4 pl-5 marker:text-muted">
          <Step title="Put the Expert Advisor into the terminal">
            <p>
              In MetaTrader choose File, Open Data Folder, and save this file into MQL5\Experts. Open it in MetaEditor
              and press F7.
            </p>
            <a href="/ApexTrade.mq5" download className={buttonClass("plain", "mt-2 w-fit text-ink")}>
              <Download size={14} aria-hidden /> Download ApexTrade.mq5
            </a>
          </Step>
          <Step title="Let it dial">
            <p>
              Under Tools, Options, Expert Advisors tick Allow algorithmic trading and Allow WebRequest for listed URL,
              and add <Code>https://{bridge?.host ?? "the bridge"}</Code>. DLL imports stay off.
            </p>
          </Step>
          <Step title="Drag it onto one chart, of any symbol, with these inputs">
            <Inputs bridge={bridge} keyId={id} secret={secret} />
            {secret !== undefined ? (
              <p className="mt-2 text-notice">
                The key is shown this once. It proves who the terminal is, and is never sent.
              </p>
            ) : (
              connection !== undefined && (
                <p className="mt-2">
                  A key that was lost is not found again.{" "}
                  <button
                    type="button"
                    onClick={() => onReplace(connection)}
                    className="font-medium text-accent underline underline-offset-2"
                  >
                    Make another
                  </button>
                </p>
              )
            )}
          </Step>
        </ol>
        <div role="status" className="rounded-md border border-line bg-ground px-4 py-3">
          {connection?.line == null ? "Asking how its line stands." : <Line connection={connection} />}
        </div>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{connection?.state === "working" ? "Done" : "Later"}</Button>
          <Button
            kind="primary"
            disabled={connection?.facts.canTrade !== true}
            onClick={() => connection !== undefined && onTrade(connection)}
          >
            Trade with it
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function Step({ title, children }: { title: string; children: ReactNode }) {
  return (
    <li className="pl-1">
      <p className="font-medium">{title}</p>
      <div className="mt-1 text-muted">{children}</div>
    </li>
  );
}

interface InputsProps {
  readonly bridge: BridgeAddress | null;
  readonly keyId: string;
  readonly secret: string | undefined;
}

/** As the terminal names them. */
function Inputs({ bridge, keyId, secret }: InputsProps) {
  const inputs: readonly (readonly [string, string])[] = [
    ["InpHost", bridge?.host ?? "none here"],
    ["InpPort", String(bridge?.port ?? "none here")],
    ["InpKeyId", keyId],
    ...(secret === undefined ? [] : ([["InpSecret", secret]] as const)),
  ];
  return (
    <dl className="mt-1 divide-y divide-line rounded-md border border-line">
      {inputs.map(([name, value]) => (
        <div key={name} className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1 px-3 py-1.5">
          <dt className="w-24 shrink-0 text-table">{name}</dt>
          <dd className="flex min-w-0 flex-1 basis-40 items-center justify-between gap-3">
            <span className="min-w-0 font-mono text-table break-all text-ink" data-input={name}>
              {value}
            </span>
            <CopyButton text={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Line({ connection: { line, facts, state } }: { connection: Connection }) {
  if (line === null) return null;
  return (
    <>
      <StreamState stream={line} isTerminal whole />
      {state === "working" && (
        <p className="num mt-1">
          Account {facts.accountNumber}
          {facts.balance !== undefined && <>, balance {formatAmount(facts.balance, facts.currency)}</>}
        </p>
      )}
    </>
  );
}

function Code({ children }: { children: ReactNode }) {
  return <code className="font-mono text-table break-all text-ink">{children}</code>;
}
