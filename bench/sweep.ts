export function benchSweep(): void {}
