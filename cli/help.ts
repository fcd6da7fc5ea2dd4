export const HELP = `apextrade: backtests that say whether they can be trusted

  apextrade backtest --candles FILE (--strategy ID | --rules FILE) [options]
  apextrade strategies [--json]
  apextrade data check FILE [--price bid|mid|ask] [--json]
  apextrade data convert IN OUT [--timeframe 1h] [--price bid|mid|ask]
  apextrade audit verify FILE [--anchors FILE]

Files: .csv .csv.gz .parquet .arrow .feather, in the layouts of Binance, Yahoo, Stooq, MetaTrader, TradingView and others.

Options of backtest
  --candles FILE       candles; once for each instrument
  --strategy ID        a strategy of the library, see apextrade strategies
  --rules FILE         a strategy written in rules
  --set a=1,b=2        values of parameters
  --timeframe 1h       larger candles made from the file's
  --from, --to TIME    period traded, such as 2024-01-31 or 2024-01-31T09:30Z
  --cash 10000         cash at the start
  --size all           all, 50% (of equity), 1000 (quote currency), 2u (units), risk:1% or vol:20%
  --fee 0.001          share of each trade's amount, both sides; --maker and --taker for each
  --slippage 0         basis points on orders that take
  --leverage 1         times the cash
  --direction both     long, short or both
  --fill open          open (of the next candle) or close (of the deciding one)
  --path nearest       nearest, worst or best: which extreme of a candle comes first
  --no-magnifier       do not walk the file's finer candles inside larger ones
  --volume-limit 0.1   share of a candle's volume that fills may take
  --lot, --tick 0      steps of quantity and price
  --end close          close what is open at the end, or keep it
  --days 365           days of a trading year; found from the data when left out
  --price bid          bid, mid or ask, for files that hold both sides
  --seed 1             seed of the resampling
  --json OUT           result as JSON to a file, or - for standard output

audit verify recomputes a downloaded audit trail and says what is wrong at which entry; --anchors takes an earlier
download, or a list of heads, that the trail must agree with. It ends with 1 where something is wrong.

Ends with 0, 2 for something to be mended (one line says what), 1 for a fault of the program.
`;
