export function StrategyPage() {
  return null;
}
export function NewStrategyPage() {
  return null;
}
