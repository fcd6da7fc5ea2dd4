/** What people call an instrument: "BTC-USD" of "SIM:BTC-USD". */
export function instrumentName(instrument: string): string {
  return instrument.slice(instrument.indexOf(":") + 1);
}

/** What is bought and sold: "BTC" of "SIM:BTC-USD"; the whole name where it names no pair. */
export function baseName(instrument: string): string {
  const name = instrumentName(instrument);
  const dash = name.indexOf("-");
  return dash > 0 ? name.slice(0, dash) : name;
}
