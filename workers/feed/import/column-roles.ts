import { ImportError } from "./import-error.ts";

/** Which side of a file with bid and ask prices becomes the candle. */
export type PriceSide = "bid" | "mid" | "ask";

/** Indices of the columns that make a candle. A price has two columns where it is the mean of bid and ask. */
export interface ColumnRoles {
  readonly layout: string;
  readonly time: number;
  /** Column with the time of day, where date and time of day are apart. */
  readonly clock?: number;
  /** Open, high, low, close. */
  readonly prices: readonly (readonly number[])[];
  readonly volume?: number;
  readonly notes: readonly string[];
}

/** Indices of all columns that `roles` names, each once. */
export function usedColumns({ time, clock, prices, volume }: ColumnRoles): readonly number[] {
  return [...new Set([time, clock, ...prices.flat(), volume].filter((index) => index !== undefined))];
}

const PRICES = ["open", "high", "low", "close"] as const;

/** Names of the time column, best first: where a file has an epoch and a date, the epoch is the exact one. */
const TIME_NAMES = [
  "timestamp",
  "unix",
  "unixtimestamp",
  "datetime",
  "opentime",
  "time",
  "date",
  "gmttime",
  "localtime",
  "formatteddate",
  "datetimeutc",
  "timeutc",
  "day",
  "ts",
  "t",
  "index",
  "indexlevel0",
];

const VOLUME_NAMES = ["volume", "tickvol", "tickvolume", "vol", "basevolume", "v"];

/**
 * Finds the columns of a candle by the names that the usual exports give them. Throws ImportError `unknown-layout` that
 * names the column not found and those that are there.
 */
export function rolesOfNames(rawNames: readonly string[], price: PriceSide): ColumnRoles {
  const names = rawNames.map(normalise);
  const notes: string[] = [];
  const prices = PRICES.map((field) => priceColumns(names, rawNames, { field, price }));
  const sided = names.some((name) => name === "bidclose" || name === "closebid");
  if (sided && price === "mid") notes.push("Prices are the mean of bid and ask, field by field.");
  if (!sided && price !== "bid") notes.push(`The file has one price, not bid and ask; "${price}" had no effect.`);
  const split = names.includes("date") && names.includes("time");
  const timeName = split ? "date" : TIME_NAMES.find((name) => names.includes(name));
  if (timeName === undefined) throw missing("time", rawNames);
  const volumeName = VOLUME_NAMES.find((name) => names.includes(name)) ?? names.find((name) => /^volume/.test(name));
  if (volumeName === undefined) notes.push("The file has no volume; it is 0.");
  if (volumeName?.startsWith("tick")) notes.push("Volume is the number of ticks.");
  if (names.includes("adjclose")) notes.push("Adj Close is not used: prices are as traded.");
  return {
    layout: layoutName(names, sided),
    time: names.indexOf(timeName),
    ...(split ? { clock: names.indexOf("time") } : {}),
    prices,
    ...(volumeName === undefined ? {} : { volume: names.indexOf(volumeName) }),
    notes,
  };
}

function layoutName(names: readonly string[], sided: boolean): string {
  if (sided) return "bid and ask";
  if (names.includes("ticker") && names.includes("per")) return "Stooq";
  if (names.includes("tickvol")) return "MetaTrader 5";
  if (names.includes("adjclose")) return "Yahoo";
  if (names.includes("unix")) return "CryptoDataDownload";
  return "columns by name";
}

function priceColumns(
  names: readonly string[],
  rawNames: readonly string[],
  { field, price }: { readonly field: string; readonly price: PriceSide },
): readonly number[] {
  const find = (...candidates: string[]) => names.findIndex((name) => candidates.includes(name));
  const bid = find(`bid${field}`, `${field}bid`);
  const ask = find(`ask${field}`, `${field}ask`);
  if (bid >= 0 || ask >= 0) {
    if (price !== "ask" && bid < 0) throw missing(`bid_${field}`, rawNames);
    if (price !== "bid" && ask < 0) throw missing(`ask_${field}`, rawNames);
    return price === "bid" ? [bid] : price === "ask" ? [ask] : [bid, ask];
  }
  const plain = find(field, field[0], `${field}price`, field === "close" ? "last" : field);
  if (plain < 0) throw missing(field, rawNames);
  return [plain];
}

/** Column names shown in an error: enough to recognise the file. */
const NAMES_SHOWN_MAX = 12;

function missing(field: string, names: readonly string[]): ImportError {
  const shown = names.slice(0, NAMES_SHOWN_MAX).map((name) => name.slice(0, 30));
  const more = names.length > NAMES_SHOWN_MAX ? ` and ${names.length - NAMES_SHOWN_MAX} more` : "";
  return new ImportError(
    "unknown-layout",
    `columns time, open, high, low and close are needed; "${field}" is missing, columns were: ${shown.join(", ")}${more}. Rename the columns and import again.`,
    { field },
  );
}

function normalise(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}
