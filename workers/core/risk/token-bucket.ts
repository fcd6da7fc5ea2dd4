/** How many messages may be sent: as many as `capacity` at once, and again as many in each `windowMs`. */
export interface BucketRate {
  readonly capacity: number;
  readonly windowMs: number;
}

/** What was left at a moment, UTC ms. */
export interface Bucket {
  readonly left: number;
  readonly at: number;
}

/** Share of a venue's messages that orders leave to cancels: in a storm of refusals cancels must still get through. */
export const CANCEL_SHARE = 0.2;

export function fullBucket(rate: BucketRate, now: number): Bucket {
  return { left: rate.capacity, at: now };
}

/**
 * What is left at `now`. A clock that went back refills nothing, and a capacity that was lowered holds at once. One that
 * was set back by more than a window says nothing of the bucket any more, which would else stay empty until it caught up.
 */
export function tokensLeft(bucket: Bucket, { capacity, windowMs }: BucketRate, now: number): number {
  if (bucket.at - now > windowMs) return capacity;
  const refill = (Math.max(0, now - bucket.at) * capacity) / windowMs;
  return Math.min(capacity, bucket.left + refill);
}

/** The bucket after one message. It may go below zero by cancels, which are never held back. */
export function takeToken(bucket: Bucket, rate: BucketRate, now: number): Bucket {
  return {
    left: tokensLeft(bucket, rate, now) - 1,
    at: bucket.at - now > rate.windowMs ? now : Math.max(bucket.at, now),
  };
}
