/** What a drill saw. */
export interface DrillResult {
  readonly cycles: number;
  readonly cycleMs: readonly number[];
  /** From each start, by the drill or of itself, to the first reply. */
  readonly restartMs: readonly number[];
  /** From the first reply after the last kill of a cycle until nothing differed any more, where that was waited for. */
  readonly settleMs: readonly number[];
  /** Orders that clients asked for. */
  readonly asked: number;
  /** Orders that a client was answered for, that were asked for again after a kill, and that ended as lost. */
  readonly answered: number;
  readonly repeated: number;
  readonly lost: number;
  /** Orders that were denied, by the code of the denial. */
  readonly denied: Readonly<Record<string, number>>;
  /** Orders that the broker rejected, by its code. */
  readonly rejected?: Readonly<Record<string, number>>;
  readonly brokerOrders: number;
  /** Of these, those of bots. */
  readonly botOrders: number;
  readonly brokerFills: number;
  /** What the broker's market did to orders, where it moves: how many were filled so. */
  readonly met?: Readonly<Record<string, number>>;
  /** What is wrong; empty when nothing is. */
  readonly findings: readonly string[];
}

/** How long a drill goes on. */
export interface DrillTerms {
  /** Asked before each cycle: whether one more begins. Several drills may ask the same. */
  readonly begins: () => boolean;
  /** Of prices, orders and faults, where the drill draws them from one. */
  readonly seed: number;
  /** Waits at the end until what was sent and never found counts as lost, which takes 40 s. */
  readonly untilCertain: boolean;
  readonly say: (line: string) => void;
}
