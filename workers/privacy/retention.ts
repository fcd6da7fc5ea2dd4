const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How long a finished archive can be fetched. */
export const EXPORT_KEPT_MS = 7 * DAY_MS;
