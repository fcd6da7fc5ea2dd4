import type { BotState } from "../schema/wire/bot.ts";
import type { NewHook, Signal, SignalReceipt } from "../schema/wire/signal.ts";
import type { AccountState, Fill, Order, OrderDetail } from "../schema/wire/trading.ts";

/** A token is used for less long than it holds. */
const TOKEN_MS_MAX = 4 * 60_000;
const PAGE_ROWS = 200;

/** The API as a program of the demo user calls it. A call that is not answered throws, whatever became of it. */
export class ApiClient {
  private readonly origin: string;
  private readonly credentials: { readonly email: string; readonly password: string };
  private token = "";
  private userId = "";
  private tokenAt = 0;
  private readonly fetch: typeof fetch;

  /** `through`: what requests go through, where somebody counts them or has patience. */
  constructor(origin: string, password: string, through: typeof fetch = fetch) {
    this.origin = origin;
    this.fetch = through;
    this.credentials = { email: "demo@apextrade.local", password };
  }

  async signUp(): Promise<void> {
    await this.post("/api/auth/sign-up/email", { ...this.credentials, name: "Drill" });
  }

  /** Makes sure that the token holds for a while: by a new sign-in, since a kill may take a session's next cookie with it. */
  async renew(): Promise<void> {
    if (Date.now() - this.tokenAt < TOKEN_MS_MAX) return;
    const signedIn = await this.post("/api/auth/sign-in/email", this.credentials);
    const cookies = signedIn.headers.getSetCookie().map((text) => text.split(";")[0]);
    const signed = { Cookie: cookies.join("; ") };
    const session = await this.fetch(`${this.origin}/api/v1/session`, { headers: signed });
    this.userId = ((await session.json()) as { user: { id: string } }).user.id;
    const reply = await this.post("/api/v1/session/token", undefined, signed);
    this.token = ((await reply.json()) as { token: string }).token;
    this.tokenAt = Date.now();
  }

  /** Opens an account on the running market, or on another. */
  async openAccount(
    name: string,
    market: object = { kind: "sim" },
    cash = "100000",
    currency = "USD",
  ): Promise<string> {
    const reply = await this.post("/api/v1/accounts", { name, cash, market, currency }, this.authorization());
    return ((await reply.json()) as { id: string }).id;
  }

  /** Keeps the keys of a venue. That asks for a proof: for a sign-in of just now. Answers the connection's id. */
  async connect(credentials: object): Promise<string> {
    const body = { label: "Drill", credentials, withdrawalChecked: true };
    const reply = await this.post("/api/v1/connections", body, this.authorization());
    return ((await reply.json()) as { id: string }).id;
  }

  /** Whether a venue answers for a connection, or its terminal has to dial first. */
  async connectionState(connectionId: string): Promise<string> {
    return (await this.get<{ state: string }>(`/api/v1/connections/${connectionId}`)).state;
  }

  /** The simulated candles of an instrument. */
  async dataset(instrument: string): Promise<{ id: string; to: number }> {
    const { rows } = await this.get<{ rows: { id: string; to: number; instrument: { id: string } }[] }>(
      "/api/v1/datasets",
    );
    const found = rows.find((row) => row.instrument.id === instrument);
    if (found === undefined) throw new Error(`${instrument} has no candles`);
    return found;
  }

  async startBot(name: string, accountId: string, definition: object): Promise<string> {
    const reply = await this.post("/api/v1/bots", { name, accountId, definition }, this.authorization());
    const { id } = (await reply.json()) as { id: string };
    await this.post(`/api/v1/bots/${id}/start`, undefined, this.authorization());
    return id;
  }

  bot(botId: string): Promise<BotState> {
    return this.get(`/api/v1/bots/${botId}/state`);
  }

  /** Makes the address of a bot that signals drive; answers its path. */
  async makeHook(botId: string): Promise<string> {
    const reply = await this.post(`/api/v1/bots/${botId}/hook`, undefined, this.authorization());
    return new URL(((await reply.json()) as NewHook).address).pathname;
  }

  /** Every signal that a bot's log has, the newest first. */
  async signals(botId: string): Promise<Signal[]> {
    const rows: Signal[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const query: string = `limit=${PAGE_ROWS}${cursor === "" ? "" : `&cursor=${cursor}`}`;
      const page = await this.get<{ rows: Signal[]; next: string | null }>(`/api/v1/bots/${botId}/signals?${query}`);
      rows.push(...page.rows);
      cursor = page.next;
    }
    return rows;
  }

  /** Calls a route of the drill's Worker: lets the market of an account's replay run or stand, or calls the account's object. */
  drill(
    verb: "play" | "pause" | "state" | "submit" | "counts" | "minute",
    accountId: string,
    body?: object,
  ): Promise<Response> {
    return this.post(`/drill/${verb}?owner=${this.userId}&account=${accountId}`, body);
  }

  /** Throws the kill switch of an account. */
  async kill(accountId: string): Promise<void> {
    const reply = await this.post("/api/v1/kill", { scope: { kind: "account", accountId } }, this.authorization());
    await reply.arrayBuffer();
  }

  /** Adds a webhook that is told of the kill switch. */
  async addHook(path: string): Promise<void> {
    const hook = { kind: "webhook", label: path, url: `https://hooks.receiver.dev/${path}` };
    const made = await this.post("/api/v1/notifications/channels", hook, this.authorization());
    const { channel } = (await made.json()) as { channel: { id: string } };
    const rule = { channelId: channel.id, topic: "halt", level: "critical" };
    const reply = await this.send("PUT", "/api/v1/notifications/rules", rule, this.authorization());
    await reply.arrayBuffer();
  }

  /** The last price of an instrument. */
  async lastPrice(instrument: string): Promise<number> {
    const query = `instrument=${encodeURIComponent(instrument)}&timeframe=1m&limit=2`;
    const { close } = await this.get<{ close: number[] }>(`/api/v1/markets/candles?${query}`);
    const price = close.at(-1);
    if (price === undefined) throw new Error(`${instrument} has no price`);
    return price;
  }

  async place(body: object, key: string): Promise<OrderDetail> {
    const reply = await this.post("/api/v1/orders", body, { ...this.authorization(), "Idempotency-Key": key });
    return (await reply.json()) as OrderDetail;
  }

  async cancel(orderId: string): Promise<void> {
    await this.post(`/api/v1/orders/${orderId}/cancel`, undefined, this.authorization());
  }

  /** Starts a backtest; answers its id. */
  async startBacktest(settings: object): Promise<string> {
    const reply = await this.post("/api/v1/backtests", { settings }, this.authorization());
    return ((await reply.json()) as { id: string }).id;
  }

  /** Opens one socket within thirty seconds. */
  async socketTicket(): Promise<string> {
    const reply = await this.post("/api/v1/socket-tickets", undefined, this.authorization());
    return ((await reply.json()) as { ticket: string }).ticket;
  }

  /** Sends a message to the address of a bot. */
  async signal(path: string, message: object): Promise<SignalReceipt> {
    return (await (await this.post(path, message)).json()) as SignalReceipt;
  }

  order(orderId: string): Promise<OrderDetail> {
    return this.get(`/api/v1/orders/${orderId}`);
  }

  state(accountId: string): Promise<AccountState> {
    return this.get(`/api/v1/accounts/${accountId}/state`);
  }

  orders(from: number): Promise<Order[]> {
    return this.all("orders", from);
  }

  fills(from: number): Promise<Fill[]> {
    return this.all("fills", from);
  }

  private async all<T>(list: string, from: number): Promise<T[]> {
    const rows: T[] = [];
    let cursor = "";
    do {
      const query = `limit=${PAGE_ROWS}&from=${from}${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`;
      const page = await this.get<{ rows: T[]; next: string | null }>(`/api/v1/${list}?${query}`);
      rows.push(...page.rows);
      cursor = page.next ?? "";
    } while (cursor !== "");
    return rows;
  }

  /** Whatever else there is to read. Throws where it is refused. */
  async get<T>(path: string): Promise<T> {
    const reply = await this.fetch(`${this.origin}${path}`, { headers: this.authorization() });
    if (!reply.ok) throw new ApiRefusal(`GET ${path}: ${reply.status} ${await reply.text()}`, reply.status);
    return (await reply.json()) as T;
  }

  private post(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return this.send("POST", path, body, headers);
  }

  private async send(
    method: string,
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>>,
  ): Promise<Response> {
    const type = body === undefined ? undefined : { "Content-Type": "application/json" };
    const reply = await this.fetch(`${this.origin}${path}`, {
      method,
      headers: { Origin: this.origin, ...type, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!reply.ok) throw new ApiRefusal(`${method} ${path}: ${reply.status} ${await reply.text()}`, reply.status);
    return reply;
  }

  private authorization(): Record<string, string> {
    return { Authorization: `Bearer ${this.token}` };
  }
}

/** An answer that says no: 429 and below 500 in general mean that nothing was done. */
export class ApiRefusal extends Error {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}
