import { describe, expect, it } from "vitest";
import { indicatorTemplate, STRATEGY_TEMPLATE } from "../../schema/wire/signal.ts";
import { parseMessage } from "./parse-message.ts";

const BAR = Date.UTC(2026, 4, 4, 9, 30);

/** What TradingView puts in the place of its placeholders. */
function filled(template: object, values: Readonly<Record<string, string>>): string {
  const known: Readonly<Record<string, string>> = {
    ...{ exchange: "BINANCE", ticker: "BTCUSDT", close: "61250.5", time: "2026-05-04T09:30:00Z" },
    ...{ timenow: "2026-05-04T09:31:02Z", ...values },
  };
  return JSON.stringify(template).replace(/\{\{([\w.]+)\}\}/g, (whole, name: string) => known[name] ?? whole);
}

function strategy(action: string, position: string): string {
  return filled(STRATEGY_TEMPLATE, { "strategy.order.action": action, "strategy.market_position": position });
}

describe("a message", () => {
  it.each([
    ["buy", "long", "long"],
    ["sell", "short", "short"],
    ["sell", "flat", "flat"],
    ["buy", "flat", "flat"],
  ])("by the template, with an order to %s and then %s, wants %s", (action, position, wish) => {
    expect(parseMessage(strategy(action, position))).toEqual({
      ok: true,
      message: {
        ...{ wish, symbol: "BINANCE:BTCUSDT", terms: {}, sentAt: BAR + 62_000, barAt: BAR },
        ...{ sequence: undefined, id: undefined, secret: undefined },
      },
    });
  });

  it.each(["long", "short", "flat", "exit-long", "exit-short", "heartbeat"] as const)(
    "of an indicator by the template wants what its text says: %s",
    (wish) => {
      expect(parseMessage(filled(indicatorTemplate(wish), {}))).toMatchObject({ ok: true, message: { wish } });
    },
  );

  it.each([
    ["buy", "long", undefined],
    ["  SELL\n", "short", undefined],
    ["long BTCUSDT", "long", "BTCUSDT"],
    ["BINANCE:BTCUSDT.P sell", "short", "BINANCE:BTCUSDT.P"],
    ["close", "flat", undefined],
    ["exit_long BTC/USD", "exit-long", "BTC/USD"],
    ["close short", "exit-short", undefined],
    ["heartbeat", "heartbeat", undefined],
    ["Cross (3, 9): order buy @ 0.5 filled on BTCUSDT. New strategy position is 0.5", "long", "BTCUSDT"],
    ["Cross: order sell @ 1,200 filled on BTCUSDT. New strategy position is -1,200", "short", "BTCUSDT"],
    ["Cross: order sell @ 0.5 filled on BTCUSDT. New strategy position is 0", "flat", "BTCUSDT"],
    ['{"action":"BUY","ticker":"BTCUSDT"}', "long", "BTCUSDT"],
    ['{"side":"sell","contracts":2,"comment":"why not"}', "short", undefined],
    ['{"position":"flat"}', "flat", undefined],
    ['"buy"', "long", undefined],
  ])("of plain words is understood: %s", (text, wish, symbol) => {
    expect(parseMessage(text)).toMatchObject({ ok: true, message: { wish, symbol } });
  });

  it("brings prices for its entry under the names that senders use, as the texts they are", () => {
    const text = '{"action":"buy","limit":"100.10","stop_loss":95,"tp":120.5,"trailing":"2","scale":0.5,"sl":null}';
    expect(parseMessage(text)).toMatchObject({ ok: false });
    expect(parseMessage(text.replace(',"sl":null', ""))).toMatchObject({
      ok: true,
      message: { terms: { limit: "100.10", stop: "95", target: "120.5", trail: "2", scale: 0.5 } },
    });
  });

  it.each([
    ["2026-05-04T09:30:00Z", BAR],
    ["2026-05-04 09:30:00", BAR],
    ["2026-05-04T11:30:00+02:00", BAR],
    [BAR / 1_000, BAR],
    [String(BAR), BAR],
  ])("may tell its time as %s", (time, expected) => {
    expect(parseMessage(JSON.stringify({ action: "buy", time }))).toMatchObject({ message: { sentAt: expected } });
  });

  it.each([
    ["", "", "must not be empty"],
    ["moon", "", "must be buy, sell"],
    ["{buy}", "", "must be JSON"],
    ["[1]", "", "must be a JSON object"],
    ["{}", "action", "is required, or position"],
    ['{"action":"hold"}', "action", "must be buy, sell"],
    ['{"action":"{{strategy.order.action}}"}', "action", "TradingView fills it in alerts of strategies only"],
    ['{"action":"buy","stoploss_pct":5}', "stoploss_pct", "is not a known field"],
    ['{"action":"buy","quantity":5}', "quantity", "sizes are the bot's own"],
    ['{"action":"sell","position":"long"}', "position", "never a part of one"],
    ['{"action":"long","position":"short"}', "position", "must be what action asks for"],
    ['{"action":"buy","stop":"-1"}', "stop", "must be a price greater than 0"],
    ['{"action":"buy","stop":"1e400"}', "stop", "must be a price greater than 0"],
    ['{"action":"buy","stop":110,"target":105}', "stop", "must be below the target 105 for a long"],
    ['{"action":"sell","limit":100,"target":105}', "target", "must be below the entry 100 for a short"],
    ['{"action":"close","stop":110}', "stop", "must be left out where a position is only closed"],
    ['{"action":"buy","scale":2}', "scale", "must be more than 0 and at most 1"],
    ['{"action":"buy","time":"yesterday"}', "time", "must be a time such as"],
    ['{"action":"buy","sequence":"-4"}', "sequence", "must be a whole number"],
    ['{"action":"buy","symbol":{"a":1}}', "symbol", "must be a text or a number"],
    ['{"action":"buy","__proto__":{"action":"sell"}}', "__proto__", "is not a known field"],
  ])("that is not whole is refused by field, rule and value: %s", (text, field, rule) => {
    const parsed = parseMessage(text);
    if (parsed.ok) throw new Error("it must be refused");
    expect(parsed.issues.map((issue) => issue.field)).toContain(field);
    expect(parsed.issues.find((issue) => issue.field === field)?.rule).toContain(rule);
  });

  it("never says its secret in a refusal", () => {
    const text = '{"action":"hold","secret":"open-sesame","passphrase":"open-sesame"}';
    const parsed = parseMessage(text);
    expect(parsed.ok).toBe(false);
    expect(JSON.stringify(parsed.ok ? [] : parsed.issues)).not.toContain("sesame");
  });
});
