/** Something the person at the terminal can mend: one line that names the field, the rule and the value. */
export class CommandError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "CommandError";
  }
}
