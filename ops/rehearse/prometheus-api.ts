interface Answer<T> {
  readonly status: string;
  readonly error?: string;
  readonly data: T;
}
export interface ActiveAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly state: "pending" | "firing";
}

/** What a rehearsal asks of a Prometheus. */
export class PrometheusApi {
  private readonly origin: string;

  constructor(origin: string) {
    this.origin = origin;
  }

  async isReady(): Promise<boolean> {
    return fetch(`${this.origin}/-/ready`).then(
      (reply) => reply.ok,
      () => false,
    );
  }

  /** Values of an expression now. Throws where Prometheus refuses it. */
  async query(expression: string): Promise<number[]> {
    const url = `${this.origin}/api/v1/query?query=${encodeURIComponent(expression)}`;
    const { result } = await this.get<{ result: { value: [number, string] }[] }>(url);
    return result.map(({ value }) => Number(value[1]));
  }

  /** Names of the alerts that fire. */
  async firing(): Promise<Set<string>> {
    const { alerts } = await this.get<{ alerts: ActiveAlert[] }>(`${this.origin}/api/v1/alerts`);
    return new Set(alerts.filter(({ state }) => state === "firing").map(({ labels }) => labels.alertname ?? ""));
  }

  private async get<T>(url: string): Promise<T> {
    const answer = (await (await fetch(url)).json()) as Answer<T>;
    if (answer.status !== "success") throw new Error(`Prometheus: ${answer.error ?? answer.status}`);
    return answer.data;
  }
}
