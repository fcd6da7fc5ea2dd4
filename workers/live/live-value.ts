/** A field of the value of a channel. */
export interface LiveField {
  /** Number of the value with which the field last changed. */
  readonly at: number;
  /** The field as JSON. */
  readonly text: string;
}

/** The value of the channel, field by field. */
export interface LiveValue {
  readonly epoch: string;
  readonly sequence: number;
  readonly fields: ReadonlyMap<string, LiveField>;
}

/** A text for a socket, and its length. */
export interface LiveFrame {
  readonly text: string;
  readonly bytes: number;
}

/** Name and JSON of each field of `next` that differs from `before`. Fields that `next` lacks stay as they are. */
export function changedFields(before: LiveValue | undefined, next: object): [string, string][] {
  return Object.entries(next).flatMap(([name, value]): [string, string][] => {
    const text = JSON.stringify(value) as string | undefined;
    return text === undefined || before?.fields.get(name)?.text === text ? [] : [[name, text]];
  });
}

/** The whole value. */
export function snapshotFrame(value: LiveValue): LiveFrame {
  const epoch = JSON.stringify(value.epoch);
  return frameOf(`{"type":"snapshot","epoch":${epoch},"sequence":${value.sequence},"state":${stateText(value)}}`);
}

/** Everything that changed after the number `from`. */
export function deltaFrame({ sequence, fields }: LiveValue, from: number): LiveFrame {
  const change = objectText([...fields].filter(([, { at }]) => at > from));
  return frameOf(`{"type":"delta","from":${from},"sequence":${sequence},"change":${change}}`);
}

/** The value as JSON. */
export function stateText({ fields }: LiveValue): string {
  return objectText([...fields]);
}

function objectText(fields: readonly (readonly [string, LiveField])[]): string {
  return `{${fields.map(([name, { text }]) => `${JSON.stringify(name)}:${text}`).join(",")}}`;
}

function frameOf(text: string): LiveFrame {
  return { text, bytes: new TextEncoder().encode(text).length };
}
