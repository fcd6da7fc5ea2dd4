import { readShape } from "../request/read-reply.ts";
import type { VenueRequests } from "../request/venue-reply.ts";
import type { VenueAccountFacts } from "../venue-client.ts";
import { answerOf } from "./errors.ts";
import { UsageReply } from "./parse.ts";
import { twelveDataHeaders } from "./sign.ts";

/** Bytes of a list of all stocks of an exchange: some thousand rows of some hundred. */
const LIST_BYTES_MAX = 24 * 1024 * 1024;

/** Questions with one key. There are no changes: the venue has prices alone. */
export class TwelveDataClient {
  private readonly requests: VenueRequests;
  private readonly rest: string;
  private readonly apiKey: string;

  constructor({ requests, rest, apiKey }: { requests: VenueRequests; rest: string; apiKey: string }) {
    this.requests = requests;
    this.rest = rest;
    this.apiKey = apiKey;
  }

  /** The JSON of an answer; undefined where the venue has nothing there. Throws VenueSilence and VenueRefusal. */
  async ask(path: string, params: Readonly<Record<string, string>>, credits = 1): Promise<unknown> {
    const query = new URLSearchParams(params);
    const url = `${this.rest}${path}${query.size === 0 ? "" : `?${query}`}`;
    const reply = await this.requests.send({
      ...{ method: "GET", url, headers: twelveDataHeaders(this.apiKey), kind: "data", weight: credits },
      bytesMax: LIST_BYTES_MAX,
    });
    return answerOf(reply);
  }

  /** What the venue says of the key: its plan. It knows no account, and nothing can be ordered or withdrawn. */
  async facts(): Promise<VenueAccountFacts> {
    const usage = readShape(await this.ask("/api_usage", {}), UsageReply);
    const { plan_category: plan, plan_limit: credits, plan_daily_limit: daily } = usage;
    const day = daily === undefined ? "" : ` and ${daily} a day`;
    const name = plan === undefined ? "The plan" : `The plan, ${plan},`;
    return {
      ...{ accountNumber: "", currency: "", canTrade: false, canWithdraw: false, addressBound: false },
      permissions: ["prices"],
      warnings: [`${name} has ${credits} credits a minute${day}. A page of candles costs one.`],
    };
  }

  now(): number {
    return this.requests.venueNow();
  }
}
