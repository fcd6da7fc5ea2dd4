/** Computes `out` from input columns of equal length, candle by candle and without memory. Conditions are 1, 0 or NaN. */
export type Kernel = (out: Float64Array, length: number, inputs: readonly Float64Array[]) => void;

// Each kernel has a loop of its own, so that the compiler sees one operation in it and keeps it tight. A comparison
// with a value that is not known is itself not known (NaN); `and` and `or` follow Kleene's logic of three values.

const add: Kernel = (out, length, [a, b]) => {
  for (let i = 0; i < length; i++) out[i] = a[i] + b[i];
};
const sub: Kernel = (out, length, [a, b]) => {
  for (let i = 0; i < length; i++) out[i] = a[i] - b[i];
};
const mul: Kernel = (out, length, [a, b]) => {
  for (let i = 0; i < length; i++) out[i] = a[i] * b[i];
};
/** Nothing divided by zero has a value. */
const div: Kernel = (out, length, [a, b]) => {
  for (let i = 0; i < length; i++) out[i] = b[i] === 0 ? Number.NaN : a[i] / b[i];
};
const neg: Kernel = (out, length, [a]) => {
  for (let i = 0; i < length; i++) out[i] = -a[i];
};

const lt: Kernel = (out, length, [a, b]) => {
  for (let i = 0; i < length; i++) out[i] = a[i] < b[i] ? 1 : a[i] >= b[i] ? 0 : Number.NaN;
};
const le: Kernel = (out, length, [a, b]) => {
  for (let i = 0; i < length; i++) out[i] = a[i] <= b[i] ? 1 : a[i] > b[i] ? 0 : Number.NaN;
};
const gt: Kernel = (out, length, [a, b]) => {
  for (let i = 0; i < length; i++) out[i] = a[i] > b[i] ? 1 : a[i] <= b[i] ? 0 : Number.NaN;
};
const ge: Kernel = (out, length, [a, b]) => {
  for (let i = 0; i < length; i++) out[i] = a[i] >= b[i] ? 1 : a[i] < b[i] ? 0 : Number.NaN;
};
const eq: Kernel = (out, length, [a, b]) => {
  for (let i = 0; i < length; i++) out[i] = a[i] === b[i] ? 1 : a[i] < b[i] || a[i] > b[i] ? 0 : Number.NaN;
};
const ne: Kernel = (out, length, [a, b]) => {
  for (let i = 0; i < length; i++) out[i] = a[i] === b[i] ? 0 : a[i] < b[i] || a[i] > b[i] ? 1 : Number.NaN;
};

const and: Kernel = (out, length, [a, b]) => {
  for (let i = 0; i < length; i++) out[i] = a[i] === 0 || b[i] === 0 ? 0 : a[i] * b[i];
};
const or: Kernel = (out, length, [a, b]) => {
  for (let i = 0; i < length; i++) out[i] = a[i] === 1 || b[i] === 1 ? 1 : a[i] + b[i];
};
const not: Kernel = (out, length, [a]) => {
  for (let i = 0; i < length; i++) out[i] = 1 - a[i];
};
/** A condition that is not known counts as false. */
const choose: Kernel = (out, length, [condition, a, b]) => {
  for (let i = 0; i < length; i++) out[i] = condition[i] === 1 ? a[i] : b[i];
};

const min: Kernel = (out, length, inputs) => {
  out.set(inputs[0].subarray(0, length));
  for (let k = 1; k < inputs.length; k++) {
    const input = inputs[k];
    for (let i = 0; i < length; i++) out[i] = Math.min(out[i], input[i]);
  }
};
const max: Kernel = (out, length, inputs) => {
  out.set(inputs[0].subarray(0, length));
  for (let k = 1; k < inputs.length; k++) {
    const input = inputs[k];
    for (let i = 0; i < length; i++) out[i] = Math.max(out[i], input[i]);
  }
};
const abs: Kernel = (out, length, [a]) => {
  for (let i = 0; i < length; i++) out[i] = Math.abs(a[i]);
};
const sqrt: Kernel = (out, length, [a]) => {
  for (let i = 0; i < length; i++) out[i] = Math.sqrt(a[i]);
};
/** Natural logarithm; nothing below or at zero has one. */
const log: Kernel = (out, length, [a]) => {
  for (let i = 0; i < length; i++) out[i] = a[i] > 0 ? Math.log(a[i]) : Number.NaN;
};
const round: Kernel = (out, length, [a]) => {
  for (let i = 0; i < length; i++) out[i] = Math.round(a[i]);
};
const floor: Kernel = (out, length, [a]) => {
  for (let i = 0; i < length; i++) out[i] = Math.floor(a[i]);
};
const ceil: Kernel = (out, length, [a]) => {
  for (let i = 0; i < length; i++) out[i] = Math.ceil(a[i]);
};

export const KERNELS = {
  ...{ add, sub, mul, div, neg },
  ...{ lt, le, gt, ge, eq, ne },
  ...{ and, or, not, choose },
  ...{ min, max, abs, sqrt, log, round, floor, ceil },
};
export type KernelName = keyof typeof KERNELS;
