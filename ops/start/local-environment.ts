/** The environment of the tools that serve locally: they ask nothing, report to nobody and need no network. */
export function localEnvironment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return {
    ...process.env,
    CI: "1",
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    WRANGLER_HIDE_BANNER: "true",
    NO_UPDATE_NOTIFIER: "1",
    DO_NOT_TRACK: "1",
    FORCE_COLOR: "0",
    ...extra,
  };
}
