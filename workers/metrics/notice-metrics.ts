import { SIGNAL_STATES } from "../../schema/wire/signal.ts";
import { NOTICE_OUTCOMES, NOTICE_WAYS } from "./metric-labels.ts";

/** What is counted of notices to people, and of signals from outside. */
export const NOTICE_METRICS = {
  notice_deliveries_total: {
    type: "counter",
    help: "Attempts to tell people something, by way and outcome.",
    labels: { channel: NOTICE_WAYS, outcome: NOTICE_OUTCOMES },
  },
  signals_total: {
    type: "counter",
    help: "States that signals from outside came to, each once: a signal that was received is counted again with what became of it.",
    labels: { state: SIGNAL_STATES },
  },
  notice_delay_seconds: {
    type: "histogram",
    help: "Time from an event until its receiver had taken the notice at the first attempt.",
    labels: { level: ["info", "warning", "critical"] },
    buckets: [0.25, 0.5, 1, 2, 5, 15],
  },
} as const;
