type Labels = Readonly<Record<string, readonly string[]>>;

interface CounterSpec {
  readonly type: "counter";
  readonly help: string;
  readonly labels: Labels;
}

interface HistogramSpec {
  readonly type: "histogram";
  readonly help: string;
  readonly labels: Labels;
  /** Upper bounds, ascending; one without bound is added. */
  readonly buckets: readonly number[];
}

interface GaugeSpec {
  readonly type: "gauge";
  readonly help: string;
  readonly labels: Labels;
  /**
   * What becomes of the values that several objects tell of one series. `age`: values are times in UTC seconds, and what is
   * shown is how long ago the oldest of them was.
   */
  readonly merge: "sum" | "max" | "age";
  /** A value that was not told again for so long is dropped: its object is gone. ms */
  readonly keptMs: number;
}

/** How a metric is counted and shown. */
export type MetricSpec = CounterSpec | HistogramSpec | GaugeSpec;
