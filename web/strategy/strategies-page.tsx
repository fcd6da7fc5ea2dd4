export function StrategiesPage() {
  return null;
}
