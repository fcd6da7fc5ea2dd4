/** What people call an instrument: "BTC-USD" of "SIM:BTC-USD". */
export function instrumentName(instrument: string): string {
  return instrument.slice(instrument.indexOf(":") + 1);
}

/**
 * What is bought and sold: "BTC" of "SIM:BTC-USD", of "ALPACA:BTC/USD", and of "BINANCE:BTCUSDT" where `currency`, in which it is
 * paid, is USDT; the whole name where it names no pair.
 */
export function baseName(instrument: string, currency = ""): string {
  const name = instrumentName(instrument);
  const [base = "", quote = ""] = name.split(/[-/_]/, 2);
  // Behind the dash of a contract or a share class stands no currency.
  if (base !== "" && /^[A-Z]{3,6}$/.test(quote)) return base;
  if (currency !== "" && name.length > currency.length && name.endsWith(currency))
    return name.slice(0, -currency.length);
  return name;
}
