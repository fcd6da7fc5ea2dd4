import type { CapUse } from "../../schema/wire/risk.ts";
import { formatPercent } from "../format/format.ts";
import { classNames } from "../ui/class-names.ts";
import { Hint } from "../ui/hint.tsx";
import { Section } from "../ui/page.tsx";
import { CAP_WORDS, formatCap } from "./cap-words.ts";
import { LEVEL_WORDS } from "./limit-in-force.ts";

/** From this share of a cap on, the bar asks to be looked at. */
const NEAR_SHARE = 0.8;

const LEVELS = {
  platform: "set by the platform",
  account: "set for the account",
  bot: "set for the bot",
  default: "by default",
} as const;

interface CapBarsProps {
  readonly uses: readonly CapUse[];
  readonly currency: string;
  readonly nameOf: (botId: string) => string;
}

/** How much of each cap is used, by what it is measured on. */
export function CapBars({ uses, currency, nameOf }: CapBarsProps) {
  const groups = new Map<string, CapUse[]>();
  const ordered = [...uses].sort((a, b) => Number(b.scope === "account") - Number(a.scope === "account"));
  for (const use of ordered) {
    const title = titleOf(use, nameOf);
    groups.set(title, [...(groups.get(title) ?? []), use]);
  }
  return (
    <Section title="Caps" note="What open orders may still lead to counts as if it had happened.">
      <div className="grid gap-4 lg:grid-cols-2">
        {[...groups].map(([title, rows]) => (
          <section key={title} aria-label={title} className="card min-w-0 px-5 py-4">
            <h3 className="mb-3 truncate font-semibold" title={title}>
              {title}
            </h3>
            <ul className="grid gap-2.5">
              {rows.filter(isHeld).map((use) => (
                <CapBar key={use.cap} use={use} currency={currency} />
              ))}
            </ul>
            <ul className="mt-3 grid gap-1 border-t border-line pt-3">
              {rows
                .filter((use) => !isHeld(use))
                .map((use) => (
                  <CapBar key={use.cap} use={use} currency={currency} />
                ))}
            </ul>
          </section>
        ))}
      </div>
    </Section>
  );
}

/** The account's share of all, what people place by hand, and each bot's own. */
function titleOf({ scope, botId }: CapUse, nameOf: (botId: string) => string): string {
  if (scope === "account") return "The account together";
  return botId === null ? "Orders by hand" : `Bot ${nameOf(botId)}`;
}

/** What people place by hand is bounded as if it were a bot of its own. */
function isByHand({ scope, botId }: CapUse): boolean {
  return scope !== "account" && botId === null;
}

function levelWord(use: CapUse): string {
  return isByHand(use) && use.level === "bot" ? "by hand" : LEVEL_WORDS[use.level];
}

/** Whether the cap measures what is there, and not each order as it comes. */
function isHeld({ used }: CapUse): boolean {
  return used !== null;
}

function CapBar({ use, currency }: { use: CapUse; currency: string }) {
  const { label, hint } = CAP_WORDS[use.cap];
  const limit = formatCap(use.limit, use.unit, currency);
  const share = use.used === null ? null : shareOf(Number(use.used), Number(use.limit));
  const near = share !== null && share >= NEAR_SHARE;
  return (
    <li>
      <div className="num flex flex-wrap items-baseline justify-between gap-x-4">
        <span className="flex items-center gap-1">
          {label}
          <Hint label={label}>
            {hint} Measured: {use.measured}. The limit is{" "}
            {isByHand(use) && use.level === "bot" ? "the account's, held for orders by hand alone" : LEVELS[use.level]}.
          </Hint>
        </span>
        <span className="ml-auto text-right text-table">
          {use.used === null ? (
            <span className="text-muted">{use.cap === "duplicateWindow" ? "at least " : "up to "}</span>
          ) : (
            <>
              <span className={classNames("font-medium", near && "text-danger")}>
                {formatCap(use.used, use.unit, currency)}
              </span>
              <span className="text-muted"> of </span>
            </>
          )}
          {limit} <span className="text-muted">({levelWord(use)})</span>
        </span>
      </div>
      {share !== null && (
        // biome-ignore lint/a11y/useSemanticElements: the browser's own meter cannot be drawn in the colours of the page.
        <div
          role="meter"
          aria-label={label}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(Math.min(1, share) * 100)}
          aria-valuetext={`${formatPercent(share, { digits: 0 })} of ${limit}`}
          className="mt-1 h-1.5 overflow-hidden rounded-full bg-hover"
        >
          <div
            className={classNames("h-full rounded-full", near ? "bg-danger" : "bg-accent")}
            style={{ width: `${Math.min(1, share) * 100}%` }}
          />
        </div>
      )}
    </li>
  );
}

function shareOf(used: number, limit: number): number {
  if (limit > 0) return Math.max(0, used / limit);
  return used > 0 ? 1 : 0;
}
