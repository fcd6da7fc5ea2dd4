/** Seeds in which a desk failed once, or what looks at it did: they run with every test, whatever others do. */
export const REGRESS_SEEDS: readonly number[] = [14, 48, 101, 106, 141, 1534, 16703, 36435, 9634, 452216, 690376];
