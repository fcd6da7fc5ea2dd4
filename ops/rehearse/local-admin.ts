import type { LocalSecrets } from "../start/local-secrets.ts";

const EMAIL = "demo@apextrade.local";

/** The demo user as the administrator of a local server, over the API like anybody. */
export class LocalAdmin {
  private readonly origin: string;
  private readonly secrets: LocalSecrets;

  constructor(origin: string, secrets: LocalSecrets) {
    this.origin = origin;
    this.secrets = secrets;
  }

  /** Makes the demo user the deployment's first administrator. */
  async begin(): Promise<void> {
    const token = await this.token();
    await this.send("/api/v1/admin/bootstrap", { token, body: { secret: this.secrets.BOOTSTRAP_SECRET } });
  }

  /** Throws or takes back the switch of the whole deployment. */
  async setTrading(state: "ACTIVE" | "HALTED"): Promise<void> {
    const token = await this.token();
    await this.send("/api/v1/admin/trading", { token, body: { state, reason: "A rehearsal of alerts." } });
  }

  /** Throws the kill switch of an instrument of an account that is made for it: a notice leaves by letter, and no bot stands still. */
  async killUnused(): Promise<void> {
    const token = await this.token();
    const made = await this.send("/api/v1/accounts", { token, body: { name: "Rehearsal", cash: "1000" } });
    const { id: accountId } = (await made.json()) as { id: string };
    const scope = { kind: "instrument", accountId, instrument: "SIM:BTC-USD" };
    await this.send("/api/v1/kill", { token, body: { scope, flatten: false } });
  }

  /** An access token right after a proof by password. */
  async token(): Promise<string> {
    const password = this.secrets.DEMO_PASSWORD;
    const signedIn = await this.send("/api/auth/sign-in/email", { body: { email: EMAIL, password } });
    const { token } = await this.tokenOf(signedIn);
    const proven = await this.send("/api/v1/session/step-up", { token, body: { method: "password", password } });
    return (await this.tokenOf(proven)).token;
  }

  private async tokenOf(reply: Response): Promise<{ token: string }> {
    const cookies = reply.headers.getSetCookie().map((text) => text.split(";")[0]);
    const token = await this.send("/api/v1/session/token", { cookie: cookies.join("; ") });
    return (await token.json()) as { token: string };
  }

  private async send(
    path: string,
    { token, cookie, body }: { token?: string; cookie?: string; body?: unknown },
  ): Promise<Response> {
    const reply = await fetch(`${this.origin}${path}`, {
      method: "POST",
      headers: {
        Origin: this.origin,
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(cookie === undefined ? {} : { Cookie: cookie }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!reply.ok) throw new Error(`POST ${path}: ${reply.status} ${await reply.text()}`);
    return reply;
  }
}
