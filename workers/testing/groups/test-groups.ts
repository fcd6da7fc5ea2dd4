/** Groups that small files of tests run in. Each begins by loading all code, for which a core takes six seconds. */
export const GROUPS = 4;

/** Files that have a runtime of their own: they run for long, end all objects, or count everything that is stored or logged. */
export const OWN_FILES: readonly string[] = [
  "workers/api/access.workerd.test.ts",
  "workers/api/fuzz.workerd.test.ts",
  "workers/api/signals.workerd.test.ts",
  "workers/api/uploads.workerd.test.ts",
  "workers/api/hook.workerd.test.ts",
  "workers/auth/password.workerd.test.ts",
  "workers/auth/second-factor.workerd.test.ts",
  "workers/backup/backup.workerd.test.ts",
  "workers/bot/bot-parity.workerd.test.ts",
  "workers/metrics/measured-work.workerd.test.ts",
  "workers/platform/measured-store.workerd.test.ts",
  "workers/services/identity/identity.workerd.test.ts",
  "workers/services/privacy/deletion.workerd.test.ts",
  "workers/services/privacy/exports.workerd.test.ts",
];
