/** What an emulator does not have of its own: time and chance. */
export interface EmulatorParts {
  /** UTC ms. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly after: (delayMs: number, act: () => void) => void;
}
