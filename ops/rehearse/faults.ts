import { setTimeout as wait } from "node:timers/promises";
import type { Stage } from "./stage.ts";

/**
 * A fault and the alert that it sets off. `made`: the fault happens, as in production. `told`: the Worker is told the figure
 * and everything behind it is real, where making the fault takes days or somebody else's failure.
 */
export interface Fault {
  readonly alert: string;
  readonly how: "made" | "told";
  readonly what: string;
  inject(stage: Stage): Promise<void>;
  clear(stage: Stage): Promise<void>;
}

/** Faults that are there at the same time. Nothing else may ring meanwhile than what they set off and `also`. */
export interface Act {
  readonly faults: readonly Fault[];
  readonly also: readonly string[];
}

const DAY_SECONDS = 86_400;
const nothing = async () => undefined;

type Labels = Readonly<Record<string, string>>;

/** A value that is taken back afterwards; `ago`: it is a time, so many seconds ago. */
function gauge(
  alert: string,
  name: string,
  labels: Labels,
  value: { readonly is: number } | { readonly ago: number },
): Fault {
  return {
    ...{ alert, how: "told", what: `${name} is ${"is" in value ? value.is : `of ${value.ago} s ago`}` },
    inject: async (stage) => {
      const told = "is" in value ? value.is : Date.now() / 1_000 - value.ago;
      await stage.fault({ kind: "gauge", name, labels, value: told });
    },
    clear: async (stage) => void (await stage.fault({ kind: "gauge", name, labels, value: null })),
  };
}

/** Something that happened so often at once; the window forgets it. */
function counted(alert: string, name: string, labels: Labels, by: number): Fault {
  const inject: Fault["inject"] = async (stage) => void (await stage.fault({ kind: "count", name, labels, by }));
  return { alert, how: "told", what: `${by} of ${name}`, inject, clear: nothing };
}

const told: readonly Fault[] = [
  gauge("ReconcileDifference", "reconcile_differences", { venue: "OANDA" }, { is: 1 }),
  gauge("AccountHaltedByDesk", "accounts_halted", { by: "desk" }, { is: 1 }),
  gauge("BotsLate", "late_bots", {}, { is: 2 }),
  gauge("FeedStale", "feed_staleness_seconds", { feed: "venue" }, { ago: 100 }),
  gauge("QueueBacklog", "queue_oldest_age_seconds", { queue: "runs" }, { is: 700 }),
  gauge("QueueDeep", "queue_depth", { queue: "mail" }, { is: 1_500 }),
  gauge("CronSilent", "cron_staleness_seconds", {}, { ago: 300 }),
  gauge("QuotaNearlyUsed", "quota_used_ratio", { quota: "d1_storage" }, { is: 0.9 }),
  {
    ...gauge("BackupOld", "backup_age_seconds", {}, { ago: 1.25 * DAY_SECONDS }),
    clear: (stage) => tellFreshBackup(stage),
  },
  gauge("BackupBehind", "backup_behind_seconds", {}, { ago: 400 }),
  counted("OrdersFailing", "trades_failed_total", { venue: "BINANCE", reason: "rejected" }, 50),
  counted("DeadLetters", "dead_letters_total", { queue: "runs" }, 1),
  counted("CronTasksFailing", "cron_tasks_total", { task: "drain-mail", outcome: "failed" }, 5),
  counted("StorageFailing", "storage_operations_total", { store: "d1", operation: "read", outcome: "error" }, 10),
  counted("MetricsLost", "metric_flushes_lost_total", {}, 3),
  counted("ErrorReportsFailing", "error_reports_total", { outcome: "failed" }, 20),
];

/** Tells of a backup of now: so that the dashboard has something to show before the first is made. */
export async function tellFreshBackup(stage: Stage): Promise<void> {
  const value = Date.now() / 1_000;
  await stage.fault({ kind: "gauge", name: "backup_age_seconds", labels: {}, value });
}

const certificate: Fault = {
  ...{ alert: "CertificateExpires", how: "made", what: "a server shows a certificate of five days" },
  inject: async (stage) => stage.setCertificate(5),
  clear: async (stage) => stage.setCertificate(90),
};

const killSwitch: Fault = {
  ...{ alert: "KillSwitchOn", how: "made", what: "an administrator stops all trading" },
  inject: async (stage) => {
    await stage.admin.setTrading("HALTED");
    await stage.tickCron();
  },
  clear: async (stage) => {
    await stage.admin.setTrading("ACTIVE");
    await stage.tickCron();
  },
};

/** Keeps on sending faults until it is told to stop. */
function repeated(alert: string, what: string, body: Readonly<Record<string, unknown>>, atOnce: number): Fault {
  let stop = new AbortController();
  return {
    ...{ alert, how: "made", what },
    inject: async (stage) => {
      stop = new AbortController();
      const { signal } = stop;
      const send = async () => {
        while (!signal.aborted) {
          await stage.fault(body).catch(() => undefined);
          await wait(50);
        }
      };
      for (let at = 0; at < atOnce; at++) void send();
    },
    clear: async () => stop.abort(),
  };
}

const failing = repeated("RequestsFailing", "a route throws on each request", { kind: "fail" }, 2);
const logged: Fault = {
  ...{ alert: "ErrorsLogged", how: "made", what: "the same: each is an error in the log" },
  inject: nothing,
  clear: nothing,
};
const slow = repeated("RequestsSlow", "a route takes three seconds", { kind: "slow", delayMs: 3_000 }, 40);

/** Bots ring at full minutes: the runtime stands still over one. */
const FROZEN_FROM_SECOND = 52;
const FROZEN_MS = 18_000;

const frozen: Fault = {
  ...{ alert: "DeploymentDown", how: "made", what: "all processes of the deployment stand still (SIGSTOP)" },
  inject: async (stage) => {
    while (new Date().getUTCSeconds() !== FROZEN_FROM_SECOND) await wait(100);
    stage.freeze(true);
  },
  clear: async (stage) => {
    await wait(FROZEN_MS - 8_000);
    stage.freeze(false);
  },
};
const late: Fault = {
  ...{ alert: "AlarmsLate", how: "made", what: "the same: alarms of that time ring when they go on (SIGCONT)" },
  inject: nothing,
  clear: nothing,
};

/** Every alert is set off in one of these. */
export const ACTS: readonly Act[] = [
  { faults: [...told, certificate], also: [] },
  { faults: [killSwitch], also: [] },
  { faults: [failing, logged], also: [] },
  { faults: [slow], also: [] },
  { faults: [frozen], also: ["AlarmsLate", "RequestsSlow", "FeedStale", "BotsLate", "ErrorsLogged"] },
];

/** Set off by the act before, once it is over. */
export const AFTERMATH: readonly Fault[] = [late];
