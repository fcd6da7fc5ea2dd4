import type { ImportQuery } from "../../schema/wire/dataset.ts";

export interface FileGuess {
  readonly name: string;
  readonly symbol: string;
  readonly kind: ImportQuery["kind"];
  readonly quote: string;
}

const ENDINGS = /\.(csv|txt|parquet|arrow|feather|gz)$/i;
const QUOTES = ["USDT", "USDC", "BUSD", "USD", "EUR", "GBP", "JPY", "BTC", "ETH"];
const FIAT = ["USD", "EUR", "GBP", "JPY", "CHF", "AUD", "CAD", "NZD"];

/** What a file's name tells about its candles: "BTCUSDT-1h-2024.csv.gz" is a crypto pair in USDT. A place to start. */
export function guessFromFileName(fileName: string): FileGuess {
  let name = fileName;
  while (ENDINGS.test(name)) name = name.replace(ENDINGS, "");
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => /^[A-Z]{2,10}$/.test(word) || /^[a-z]{6,8}$/.test(word));
  const pair = words.map((word) => word.toUpperCase()).find((word) => quoteOf(word) !== undefined);
  if (pair !== undefined) {
    const quote = quoteOf(pair) ?? "USD";
    const base = pair.slice(0, -quote.length);
    return { name, symbol: `${base}-${quote}`, kind: FIAT.includes(base) ? "fx" : "crypto", quote };
  }
  const symbol = words.find((word) => word === word.toUpperCase() && !QUOTES.includes(word));
  return { name, symbol: symbol ?? "", kind: symbol === undefined ? "crypto" : "stock", quote: "USD" };
}

function quoteOf(word: string): string | undefined {
  return QUOTES.find(
    (quote) => word.length >= quote.length + 2 && word.length <= quote.length + 6 && word.endsWith(quote),
  );
}
