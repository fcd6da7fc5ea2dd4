/** Seeds that failed once: they run with every test, whatever others do. */
export const REGRESS_SEEDS: readonly number[] = [];
