import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { sessionQuery } from "../api/queries.ts";
import { Dialog } from "../ui/dialog.tsx";
import { CHART_SHORTCUTS, SHORTCUTS } from "./shortcuts.ts";

/** The keys, and where to read on. */
export function Help({ onClose }: { onClose: () => void }) {
  const version = useQuery(sessionQuery).data?.version;
  return (
    <Dialog title="Keyboard and help" open onClose={onClose} wide>
      <div className="grid gap-x-10 gap-y-6 sm:grid-cols-2">
        <Keys title="Everywhere" list={SHORTCUTS} />
        <div>
          <Keys title="On a chart" list={CHART_SHORTCUTS} />
          <h3 className="mt-6 mb-2 font-semibold">More</h3>
          <ul className="grid gap-1.5 text-muted">
            <li>
              <Link
                to="/strategies/language"
                onClick={onClose}
                className="text-accent underline-offset-2 hover:underline"
              >
                Rule language, word by word
              </Link>
            </li>
            <li>
              <a className="text-accent underline-offset-2 hover:underline" href="/docs">
                Reference of the API
              </a>
            </li>
            <li>
              Charts drawn with{" "}
              <a
                className="text-accent underline-offset-2 hover:underline"
                href="https://www.tradingview.com/"
                rel="noreferrer"
                target="_blank"
              >
                TradingView Lightweight Charts™
              </a>
              , Copyright © 2025 TradingView, Inc.
            </li>
            {version !== undefined && <li>ApexTrade {version}</li>}
          </ul>
        </div>
      </div>
    </Dialog>
  );
}

function Keys({ title, list }: { title: string; list: readonly { keys: readonly string[]; what: string }[] }) {
  return (
    <section>
      <h3 className="mb-2 font-semibold">{title}</h3>
      <dl className="grid gap-1.5">
        {list.map(({ keys, what }) => (
          <div key={what} className="flex items-center justify-between gap-4">
            <dt className="order-2 flex gap-1">
              {keys.map((key) => (
                <kbd
                  key={key}
                  className="min-w-6 rounded-sm border border-line-strong bg-raised px-1.5 text-center font-mono text-[11px] leading-5"
                >
                  {key}
                </kbd>
              ))}
            </dt>
            <dd className="text-muted">{what}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
