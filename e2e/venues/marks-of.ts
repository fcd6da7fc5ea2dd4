import type { VenueClient } from "../../workers/brokers/venue-client.ts";
import type { VenueNews } from "../../workers/brokers/venue-news.ts";

/** Last prices as news, as a stream of prices would tell them. */
export async function marksOf(client: VenueClient, instruments: readonly string[]): Promise<VenueNews[]> {
  const marks = await client.prices(instruments);
  return marks.map((mark) => ({ type: "mark", mark }));
}
