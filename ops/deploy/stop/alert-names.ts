/** Names of the alerts of a file of Prometheus's rules. */
export function readAlertNames(text: string): string[] {
  return [...text.matchAll(/^\s*- alert: (\w+)$/gm)].map(([, name = ""]) => name);
}
