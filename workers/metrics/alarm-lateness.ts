import { observe } from "./meter.ts";
import type { MeteredObject } from "./metric-labels.ts";

/** Measures how late an alarm rings. `alarm` is what the platform says of it; tests call alarms without. */
export function measureAlarm(object: MeteredObject, alarm: AlarmInvocationInfo | undefined, nowMs: number): void {
  // One that is tried again after a failure is late by design.
  if (alarm === undefined || alarm.isRetry) return;
  observe("alarm_lateness_seconds", { object }, Math.max(0, nowMs - alarm.scheduledTime) / 1_000);
}
