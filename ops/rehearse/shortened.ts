/** Windows and delays of the rehearsal: long enough for some scrapes, short enough to wait for. */
const WINDOW = "20s";
const DELAY = "2s";

/** The rules with every window and delay shortened; what they look at and the figures that they bind on stay. */
export function shortenedRules(rules: string): string {
  return rules.replace(/\[\d+[smhd]\]/g, `[${WINDOW}]`).replace(/^(\s+for:) \S+$/gm, `$1 ${DELAY}`);
}

export interface RehearsedDeployment {
  /** Host and port that answer at /metrics. */
  readonly target: string;
  readonly tokenFile: string;
  /** Address whose certificate is looked at, and the exporter that looks. */
  readonly certificate: string;
  readonly exporter: string;
}

/** The configuration with the deployment of the rehearsal in the place of the real one. Throws where it cannot be placed. */
export function rehearsedConfiguration(
  configuration: string,
  { target, tokenFile, certificate, exporter }: RehearsedDeployment,
): string {
  const changes: readonly (readonly [RegExp, string])[] = [
    [/scrape_interval: \S+/, "scrape_interval: 2s"],
    [/scrape_timeout: \S+/, "scrape_timeout: 2s"],
    [/evaluation_interval: \S+/, "evaluation_interval: 2s"],
    [/runbooks: \S+/, "runbooks: docs/runbook"],
    [/\nalerting:\n(?: .*\n)+/, "\n"],
    [/scheme: https/, "scheme: http"],
    [/credentials_file: \S+/, `credentials_file: ${tokenFile}`],
    [/targets: \["trade\.example\.org"\]/, `targets: ["${target}"]`],
    [/targets: \["https:\/\/trade\.example\.org\/health\/live"\]/, `targets: ["${certificate}"]`],
    [/replacement: blackbox:9115/, `replacement: ${exporter}`],
  ];
  return changes.reduce((text, [pattern, replacement]) => {
    if (!pattern.test(text)) throw new Error(`prometheus.yml has nothing that is ${pattern}`);
    return text.replace(pattern, replacement);
  }, configuration);
}
