/** What a paper venue can be made to do wrong. */
export const PAPER_FAULTS = [
  /** A request does not arrive, and nobody answers. */
  "request-lost",
  /** It is done, and the answer is lost. */
  "reply-lost",
  /** The order is not shown before `ms` of the market's time have passed, and nobody answers. */
  "late-accept",
  /** The venue answers that it is overloaded, and does nothing. */
  "server-error",
  "too-many-requests",
  /** Every call is refused: nothing is done. */
  "maintenance",
  /** What happens is not told, or told twice. It can be asked for. */
  "event-dropped",
  "event-doubled",
  /** Orders take at most `share` of a slice's volume. */
  "partial-fills",
] as const;
export type PaperFaultKind = (typeof PAPER_FAULTS)[number];

/**
 * A fault that is switched on, for so many calls or events, or until it is switched off where `times` is left out, as it
 * always is with `partial-fills` and `maintenance`.
 */
export interface PaperFault {
  readonly kind: PaperFaultKind;
  readonly times?: number | undefined;
  /** Share of the volume, 0..1. */
  readonly share?: number | undefined;
  readonly ms?: number | undefined;
}

/** The faults that are on. Using one up makes a list without it. */
export class PaperFaults {
  private list: readonly PaperFault[];

  constructor(list: readonly PaperFault[]) {
    this.list = list;
  }

  get all(): readonly PaperFault[] {
    return this.list;
  }

  find(kind: PaperFaultKind): PaperFault | undefined {
    return this.list.find((fault) => fault.kind === kind);
  }

  /** The fault, if it is on, which has then happened once more. */
  take(kind: PaperFaultKind): PaperFault | undefined {
    const fault = this.find(kind);
    if (fault?.times === undefined) return fault;
    const rest = { ...fault, times: fault.times - 1 };
    this.list = this.list.flatMap((other) => (other !== fault ? [other] : rest.times > 0 ? [rest] : []));
    return fault;
  }
}
