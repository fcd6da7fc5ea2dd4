import { z } from "zod";
import { readJson } from "../request/read-json.ts";
import { VenueRefusal, type VenueReply, VenueSilence } from "../request/venue-reply.ts";

/**
 * Codes after which nothing was done, for certain: the request itself was refused before it got to the market. Whatever is
 * not here may have been executed.
 */
const DEFINITE: ReadonlySet<string> = new Set([
  "-1002",
  "-1003",
  "-1013",
  "-1014",
  "-1015",
  "-1020",
  "-1021",
  "-1022",
  "-1100",
  "-1101",
  "-1102",
  "-1103",
  "-1104",
  "-1105",
  "-1106",
  "-1108",
  "-1111",
  "-1112",
  "-1114",
  "-1115",
  "-1116",
  "-1117",
  "-1118",
  "-1119",
  "-1120",
  "-1121",
  "-1127",
  "-1128",
  "-1130",
  "-1131",
  "-1134",
  "-1135",
  "-1145",
  "-1151",
  "-1158",
  "-1160",
  "-1161",
  "-1165",
  "-1166",
  "-1167",
  "-1168",
  "-1169",
  "-1170",
  "-1171",
  "-1172",
  "-1173",
  "-1174",
  "-1175",
  "-1176",
  "-1180",
  "-1186",
  "-1187",
  "-1196",
  "-1197",
  "-1198",
  "-1199",
  "-2010",
  "-2011",
  "-2013",
  "-2014",
  "-2015",
  "-2016",
  "-2026",
  "-2038",
  "-2039",
]);

/** Of a refusal that is definite in all other words: an order of that id is there already. */
const DUPLICATE = /duplicate order/i;
/** The key itself is not taken: nothing else will be answered. */
const OF_KEY: ReadonlySet<string> = new Set(["-1002", "-1022", "-2014", "-2015"]);
const NO_ORDER: ReadonlySet<string> = new Set(["-2013", "-2026"]);
const CLOCK = "-1021";

const ErrorBody = z.object({ code: z.string().max(10), msg: z.string().max(1_000) });

export interface BinanceError {
  readonly code: string;
  readonly message: string;
  /** Nothing was done, for certain. */
  readonly isDefinite: boolean;
}

/** The error of a reply, undefined for a success. Throws VenueSilence for a reply that is neither. */
export function errorOf({ status, body }: VenueReply): BinanceError | undefined {
  if (status === 200) return undefined;
  const read = ErrorBody.safeParse(safeJson(body));
  if (!read.success) throw new VenueSilence(`the venue answered ${status} without a reason`, { isSent: true });
  const { code, msg } = read.data;
  const isRefusal = status >= 400 && status < 500;
  return { code, message: msg, isDefinite: isRefusal && isDefinite(code, msg) };
}

/** Whether an error means that nothing was done. */
export function isDefinite(code: string, message: string): boolean {
  return DEFINITE.has(code) && !DUPLICATE.test(message);
}

/** For requests that only ask: throws VenueRefusal or VenueSilence for an error. */
export function refuse(error: BinanceError): never {
  if (error.isDefinite) throw new VenueRefusal(error.code, error.message, { isKey: OF_KEY.has(error.code) });
  throw new VenueSilence(`the venue answered ${error.code}: ${error.message}`, { isSent: true });
}

export function isNoOrder({ code }: BinanceError): boolean {
  return NO_ORDER.has(code);
}

export function isClock({ code }: BinanceError): boolean {
  return code === CLOCK;
}

function safeJson(body: string): unknown {
  try {
    return readJson(body);
  } catch {
    return undefined;
  }
}
