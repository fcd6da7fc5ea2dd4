import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import type { VerdictLogEntry } from "../../schema/wire/risk.ts";
import { parseRiskSearch } from "../app/trading-search.ts";
import { formatDecimalQuantity } from "../format/decimal.ts";
import { instrumentName } from "../trading/instrument-name.ts";
import { verdictsQuery } from "../trading/queries.ts";
import { Badge } from "../ui/badge.tsx";
import { LoadedRows } from "../ui/loaded-rows.tsx";
import { Moment } from "../ui/moment.tsx";
import { Section } from "../ui/page.tsx";
import { type RecordColumn, RecordTable } from "../ui/record-table.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { verdictWords } from "./verdict-words.ts";

/** Every verdict on an order of the account, the newest first. */
export function VerdictLog({ accountId, nameOf }: { accountId: string; nameOf: (botId: string) => string }) {
  const search = useSearch({ from: "/app/risk" });
  const navigate = useNavigate({ from: "/risk" });
  const denied = search.denied === true;
  const query = useInfiniteQuery(verdictsQuery(accountId, denied));
  return (
    <Section
      title="Verdicts"
      note="What the risk check said of each order before it left."
      actions={
        <Segmented
          label="Verdicts shown"
          value={denied ? "denied" : "all"}
          choices={[
            { value: "all", label: "All" },
            { value: "denied", label: "Denied only" },
          ]}
          onChange={(value) =>
            void navigate({
              search: (now) => parseRiskSearch({ ...now, denied: value === "denied" ? true : undefined }),
              replace: true,
            })
          }
        />
      }
    >
      <div className="card overflow-hidden">
        <LoadedRows
          query={query}
          noun="verdict"
          empty={
            <p className="px-4 py-6 text-muted">
              {denied
                ? "Nothing was denied."
                : "No order was judged yet. The first one of a bot or of you stands here."}
            </p>
          }
        >
          {(rows) => (
            <RecordTable
              label="Verdicts"
              rows={rows}
              columns={columnsFor(nameOf)}
              keyOf={(row) => `${row.orderId} ${row.at}`}
            />
          )}
        </LoadedRows>
      </div>
    </Section>
  );
}

function columnsFor(nameOf: (botId: string) => string): readonly RecordColumn<VerdictLogEntry>[] {
  return [
    {
      title: "Order",
      left: true,
      cell: ({ orderId, side, quantity, instrument }) => (
        <Link to="/orders" search={{ order: orderId }} className="font-medium underline-offset-2 hover:underline">
          {side === "buy" ? "Buy" : "Sell"} {formatDecimalQuantity(quantity)} {instrumentName(instrument)}
        </Link>
      ),
    },
    {
      title: "Verdict",
      left: true,
      cell: ({ verdict }) => (
        <Badge tone={verdict === "denied" ? "danger" : "neutral"}>{verdict === "denied" ? "Denied" : "Passed"}</Badge>
      ),
    },
    {
      title: "Rule",
      left: true,
      wrap: true,
      cell: (row) => (row.verdict === "pass" ? <span className="text-faint">—</span> : verdictWords(row)),
    },
    {
      title: "By",
      left: true,
      cell: ({ botId }) => (
        <span className="inline-block max-w-48 truncate align-bottom text-muted">
          {botId === null ? "By hand" : nameOf(botId)}
        </span>
      ),
    },
    { title: "When", cell: ({ at }) => <Moment timeMs={at} /> },
  ];
}
