/** A key that cannot be read as what its owner said it is. Its text holds nothing of the key, and may be told. */
export class UnreadableKey extends RangeError {
  /** Of the credentials, such as secret. */
  readonly field: string;
  /** What it must be, what it was instead, and what to do; reads after the field. */
  readonly rule: string;

  constructor(field: string, rule: string) {
    super(`${field} ${rule}`);
    this.name = "UnreadableKey";
    this.field = field;
    this.rule = rule;
  }
}
