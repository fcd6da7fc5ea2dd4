import fc from "fast-check";

/** Random rule texts made of every construct of the language but the position. `tf` asks for 5m on candles of 1m. */
export function ruleTexts({ symbols = [] as readonly string[] } = {}): fc.Arbitrary<string> {
  const { number, condition } = fc.letrec<{ number: string; condition: string }>((tie) => ({
    number: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.constantFrom("close", "open", "high", "low", "volume", "hl2", "hlc3", "ohlc4", "100", "hour()", "minute()"),
      indicators(tie("number")),
      fc
        .tuple(tie("number"), fc.constantFrom("+", "-", "*", "/"), tie("number"))
        .map(([a, sign, b]) => `(${a} ${sign} ${b})`),
      fc.tuple(tie("number"), fc.integer({ min: 1, max: 9 })).map(([x, n]) => `prev(${x}, ${n})`),
      tie("condition").map((x) => `since(${x})`),
      fc.tuple(tie("condition"), tie("number"), tie("number")).map(([c, a, b]) => `if(${c}, ${a}, ${b})`),
      fc.tuple(tie("number"), tie("number")).map(([a, b]) => `max(${a}, abs(${b}))`),
    ),
    condition: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.constantFrom("close > open", "rsi(5) < 45", "cross_above(close, sma(6))"),
      fc
        .tuple(tie("number"), fc.constantFrom("<", "<=", ">", ">=", "!="), tie("number"))
        .map(([a, sign, b]) => `${a} ${sign} ${b}`),
      fc
        .tuple(fc.constantFrom("cross_above", "cross_below"), tie("number"), tie("number"))
        .map(([f, a, b]) => `${f}(${a}, ${b})`),
      fc
        .tuple(fc.constantFrom("rising", "falling"), tie("number"), fc.integer({ min: 1, max: 3 }))
        .map(([f, x, n]) => `${f}(${x}, ${n})`),
      fc
        .tuple(tie("condition"), fc.constantFrom("and", "or"), tie("condition"))
        .map(([a, sign, b]) => `(${a} ${sign} ${b})`),
      tie("condition").map((x) => `not (${x})`),
    ),
  }));
  const placed = <T extends string>(inner: fc.Arbitrary<T>) =>
    fc.oneof(
      { arbitrary: inner, weight: 4 },
      { arbitrary: inner.map((x) => `tf("5m", ${x})`), weight: 2 },
      ...symbols.map((symbol) => ({ arbitrary: inner.map((x) => `of("${symbol}", ${x})`), weight: 2 })),
      ...symbols.map((symbol) => ({ arbitrary: inner.map((x) => `of("${symbol}", tf("15m", ${x}))`), weight: 1 })),
    );
  const line = (start: string) => placed(condition).map((text) => `${start} when ${text}`);
  const price = (start: string) => placed(number).map((text) => `${start} ${text}`);
  return fc
    .tuple(
      line("enter long"),
      line("exit long"),
      line("enter short"),
      fc.option(price("stop long at"), { nil: "" }),
      fc.option(price("target at"), { nil: "" }),
      fc.option(price("trail short by"), { nil: "" }),
      fc.option(
        number.map((x) => `size min(1, max(0, abs(${x}) / 200))`),
        { nil: "" },
      ),
    )
    .map((lines) => lines.filter((text) => text !== "").join("\n"));
}

function indicators(number: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const n = fc.integer({ min: 2, max: 8 });
  return fc.oneof(
    fc
      .tuple(fc.constantFrom("sma", "ema", "wma", "rsi", "highest", "lowest", "stddev"), number, n)
      .map(([f, x, k]) => `${f}(${x}, ${k})`),
    fc.tuple(fc.constantFrom("atr", "adx", "mfi", "cci"), n).map(([f, k]) => `${f}(${k})`),
    fc.tuple(fc.constantFrom("line", "signal", "histogram"), n).map(([out, k]) => `macd(${k}, ${k + 4}, 3).${out}`),
    fc.tuple(fc.constantFrom("upper", "lower", "middle"), n).map(([out, k]) => `donchian(${k}).${out}`),
    fc.constantFrom("vwap()", "obv()", "supertrend(5, 2).direction", "psar()"),
  );
}
