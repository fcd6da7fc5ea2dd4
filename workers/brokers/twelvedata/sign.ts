import { VenueRefusal } from "../request/venue-reply.ts";

/** As the venue writes its keys: printable, and nothing that could end a header. */
const KEY = /^[!-~]{8,256}$/;

/** The header that a key goes in: an address, where it could go too, is written down by whatever passes it on. */
export function twelveDataHeaders(apiKey: string): Readonly<Record<string, string>> {
  if (!KEY.test(apiKey)) throw new VenueRefusal("KEY", "the key must be one of Twelve Data's", { isKey: true });
  return { authorization: `apikey ${apiKey}` };
}
