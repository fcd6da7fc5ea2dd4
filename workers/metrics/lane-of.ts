/** Of two versions that share the traffic each has a lane of its own. */
export const LANES = ["blue", "green"] as const;
export type Lane = (typeof LANES)[number];

/**
 * The lane of a version by its tag, such as `green-1a2b3c4d`. A deployment gives the version that comes the lane which the one
 * that goes has not: so both are told apart while they share the traffic, in two series however many versions there are.
 */
export function laneOf(tag: string | undefined): Lane | undefined {
  return LANES.find((lane) => tag?.startsWith(`${lane}-`));
}
