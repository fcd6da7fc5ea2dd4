import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Archive, ArchiveRestore, Copy, Ellipsis, Pause, Pencil, Play, Square } from "lucide-react";
import { useState } from "react";
import type { Bot, BotState } from "../../schema/wire/bot.ts";
import { ActError } from "../settings/act-error.tsx";
import { baseName } from "../trading/instrument-name.ts";
import { closingWords } from "../trading/position-columns.tsx";
import { accountsQuery } from "../trading/queries.ts";
import { Button, buttonClass, IconButton } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Menu, MenuItem, MenuLine } from "../ui/menu.tsx";
import { doWithBot, editBot, stopBot, useBotAct } from "./bot-actions.ts";
import { LiveStartDialog } from "./live-start-dialog.tsx";

/** What can be done with a bot as it stands. */
export function BotControls({ bot, state }: { bot: Bot; state: BotState | null }) {
  const navigate = useNavigate();
  const [stopping, setStopping] = useState(false);
  const [starting, setStarting] = useState(false);
  const account = useQuery(accountsQuery).data?.find(({ id }) => id === bot.accountId);
  const act = useBotAct();
  const clone = useBotAct((copy) => void navigate({ to: "/bots/$id", params: { id: copy.id } }));
  const { id, archived } = bot;
  const status = state?.status ?? bot.status;
  const canStart = status === "stopped" || status === "halted" || status === "error";
  return (
    <>
      {canStart && !archived && (
        <Button
          kind="primary"
          busy={act.isPending}
          onClick={() => (account?.mode === "live" ? setStarting(true) : act.mutate(() => doWithBot(id, "start")))}
        >
          <Play size={14} aria-hidden /> Start
        </Button>
      )}
      {status === "running" && (
        <Button busy={act.isPending} onClick={() => act.mutate(() => doWithBot(id, "pause"))}>
          <Pause size={14} aria-hidden /> Pause
        </Button>
      )}
      {status === "paused" && (
        <Button kind="primary" busy={act.isPending} onClick={() => act.mutate(() => doWithBot(id, "resume"))}>
          <Play size={14} aria-hidden /> Resume
        </Button>
      )}
      {status !== "stopped" && (
        <Button kind="danger" onClick={() => setStopping(true)}>
          <Square size={13} aria-hidden /> Stop
        </Button>
      )}
      <Link to="/bots/$id/edit" params={{ id }} className={buttonClass()}>
        <Pencil size={14} aria-hidden /> Edit
      </Link>
      <Menu
        label="More"
        trigger={
          <IconButton label="More to do with this bot" className="border border-line bg-raised">
            <Ellipsis size={16} aria-hidden />
          </IconButton>
        }
      >
        <MenuItem onSelect={() => clone.mutate(() => doWithBot(id, "clone"))}>
          <Copy size={14} aria-hidden /> Make a copy, stopped
        </MenuItem>
        <MenuLine />
        <MenuItem
          disabled={status !== "stopped"}
          onSelect={() => act.mutate(() => editBot(id, { archived: !archived }))}
        >
          {archived ? <ArchiveRestore size={14} aria-hidden /> : <Archive size={14} aria-hidden />}
          {archived ? "Take out of the archive" : status === "stopped" ? "Archive" : "Archive (stop it first)"}
        </MenuItem>
      </Menu>
      {(act.isError || clone.isError) && (
        <div className="w-full">
          <ActError error={act.error ?? clone.error} />
        </div>
      )}
      {starting && account !== undefined && (
        <LiveStartDialog bot={bot} account={account} onClose={() => setStarting(false)} />
      )}
      {stopping && (
        <StopDialog bot={bot} state={state} currency={account?.currency ?? ""} onClose={() => setStopping(false)} />
      )}
    </>
  );
}

interface StopDialogProps {
  readonly bot: Bot;
  readonly state: BotState | null;
  /** What its account pays in. */
  readonly currency: string;
  readonly onClose: () => void;
}

/** Stops a bot; each button says what it leads to. */
function StopDialog({ bot, state, currency, onClose }: StopDialogProps) {
  const act = useBotAct(onClose);
  const held = (state?.positions ?? []).filter(({ quantity }) => Number(quantity) !== 0);
  const closing = held.map((position) => closingWords(position, baseName(position.instrument, currency)));
  const orders = state?.openOrders.length ?? 0;
  const stop = (positions: "keep" | "flatten") => act.mutate(() => stopBot(bot.id, { positions }));
  return (
    <Dialog title={`Stop ${bot.name}`} open onClose={onClose}>
      <div className="grid gap-4">
        <p className="text-muted">
          {orders === 0
            ? "It has no open orders."
            : `${orders} open ${orders === 1 ? "order is" : "orders are"} cancelled.`}{" "}
          {state === null
            ? "What it holds is not known yet."
            : closing.length === 0
              ? "It holds nothing."
              : "What it holds can stay on the account, without the bot's stops, or be closed at the market now."}
        </p>
        <ActError error={act.error} />
        <div className="grid gap-2">
          <Button className="w-full whitespace-normal" busy={act.isPending} onClick={() => stop("keep")}>
            {closing.length === 0 ? "Stop" : `Stop and keep ${keptWords(closing)}`}
          </Button>
          {(closing.length > 0 || state === null) && (
            <Button
              kind="danger"
              className="w-full whitespace-normal"
              busy={act.isPending}
              onClick={() => stop("flatten")}
            >
              Stop and {closing.length === 0 ? "close what it holds" : closing.join(", ")}
            </Button>
          )}
          <Button kind="quiet" className="w-full" onClick={onClose}>
            Let it run
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function keptWords(closing: readonly string[]): string {
  return closing.map((words) => words.replace(/^sell /, "").replace(/^buy back /, "the short of ")).join(", ");
}
