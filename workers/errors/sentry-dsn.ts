/** Where reports go, and the key that says for which project. The key may only write. */
export interface SentryDsn {
  /** Address of the envelopes. */
  readonly url: string;
  readonly publicKey: string;
}

/**
 * A DSN, such as `https://key@sink.example.org/42`: https://develop.sentry.dev/sdk/overview/#parsing-the-dsn. Throws where
 * it is none: a deployment whose errors go nowhere must not come up as if they did.
 */
export function readSentryDsn(dsn: string): SentryDsn {
  const parsed = URL.canParse(dsn) ? new URL(dsn) : undefined;
  const [, prefix = "", project] = /^((?:\/[\w.-]+)*)\/(\d{1,20})$/.exec(parsed?.pathname ?? "") ?? [];
  if (parsed === undefined || project === undefined || !/^\w{1,64}$/.test(parsed.username)) {
    throw new Error("SENTRY_DSN must be such as https://key@sink.example.org/42");
  }
  if (parsed.protocol !== "https:" && parsed.hostname !== "127.0.0.1") throw new Error("SENTRY_DSN must be https");
  return { url: `${parsed.origin}${prefix}/api/${project}/envelope/`, publicKey: parsed.username };
}
