/** What of an object's storage keeps its alarm. */
export type AlarmStorage = Pick<DurableObjectStorage, "getAlarm" | "setAlarm" | "deleteAlarm">;

/**
 * The one alarm of an object several parts of which ask for it. What is set is read before another time is set: of two who do
 * so at once each reads what stood before both, and the later time takes the earlier one's place. Here they take turns.
 */
export class ObjectAlarm {
  private readonly storage: AlarmStorage;
  private last: Promise<void> = Promise.resolve();
  private latest = Number.POSITIVE_INFINITY;

  constructor(storage: AlarmStorage) {
    this.storage = storage;
  }

  /**
   * It rings, and its work begins: until that says when it rings next, whoever asks for a time asks for `latestMs`, UTC, at the
   * latest. Work that is cut off is tried again by the platform, unless a time was set meanwhile.
   */
  begin(latestMs: number): void {
    this.latest = latestMs;
  }

  /** Rings at `atMs`, UTC, or earlier where it was to. */
  by(atMs: number): Promise<void> {
    return this.inTurn(async () => {
      const set = await this.storage.getAlarm();
      const first = Math.min(atMs, this.latest);
      if (set === null || first < set) await this.storage.setAlarm(first);
    });
  }

  /** Rings at `atMs`, UTC, whatever was set before; not at all where it is undefined. */
  at(atMs: number | undefined): Promise<void> {
    this.latest = Number.POSITIVE_INFINITY;
    return this.inTurn(() => (atMs === undefined ? this.storage.deleteAlarm() : this.storage.setAlarm(atMs)));
  }

  private inTurn(act: () => Promise<void>): Promise<void> {
    const turn = this.last.then(act);
    this.last = turn.catch(() => undefined);
    return turn;
  }
}
