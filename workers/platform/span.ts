type Attributes = Readonly<Record<string, string | number | undefined>>;

/** What a platform measures pieces of work with. */
export interface Tracer {
  span<T>(name: string, attributes: Attributes, work: () => T): T;
}

/** Where nothing traces, as in tests and in other runtimes, the work is simply done. */
const UNTRACED: Tracer = { span: (_name, _attributes, work) => work() };
let tracer = UNTRACED;

/** From now on spans go to the platform. */
export function setTracer(platform: Tracer): void {
  tracer = platform;
}

/**
 * Does a piece of work as a span of its own in the trace that is going on. Names and attributes are ours: names of things and
 * numbers, never what a person wrote.
 */
export function inSpan<T>(name: string, attributes: Attributes, work: () => T): T {
  return tracer.span(name, attributes, work);
}
