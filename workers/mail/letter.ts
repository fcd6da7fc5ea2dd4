/** A letter in plain text: nothing in it needs markup, and no client can load anything from it. */
export interface Letter {
  readonly template: LetterTemplate;
  readonly subject: string;
  readonly body: string;
}

export type LetterTemplate =
  | "verify-email"
  | "account-exists"
  | "reset-password"
  | "password-changed"
  | "confirm-email"
  | "email-changed"
  | "second-factor-added"
  | "second-factor-removed"
  | "recovery-code-used"
  | "session-reuse"
  | "api-key-created"
  | "invitation"
  | "export-ready"
  | "deletion-planned"
  | "deletion-cancelled"
  | "account-erased"
  | "notice-address";

const CHANGE_SUBJECT = "A new address for an account";
const CLOSING = "\n\nApexTrade";
const NOT_YOU = "If this was not you, change your password at once and end all sessions under Settings, Sessions.";

interface Link {
  readonly origin: string;
  readonly token: string;
}

/** Links carry their token behind `#`, which browsers send to nobody and servers never log. */
function linkOf(path: string, { origin, token }: Link): string {
  return `${origin}${path}#token=${token}`;
}

function letter(template: LetterTemplate, subject: string, paragraphs: readonly string[]): Letter {
  return { template, subject, body: `${paragraphs.join("\n\n")}${CLOSING}` };
}

export const LETTERS = {
  verifyEmail: (link: Link) =>
    letter("verify-email", "Confirm your e-mail address", [
      "Welcome to ApexTrade. Open this link and enter the password you chose to confirm your address; it works once, for 24 hours:",
      linkOf("/verify-email", link),
      "If you did not ask for an account, do nothing: without this step there is none. If another of these letters is yours, open that one.",
    ]),
  accountExists: (origin: string) =>
    letter("account-exists", "You have an account already", [
      "Somebody, perhaps you, asked for an account with this address. There is one already:",
      `${origin}/sign-in`,
      "If you forgot the password, choose “Forgot password” there.",
    ]),
  resetPassword: (link: Link) =>
    letter("reset-password", "Choose a new password", [
      "Open this link to choose a new password; it works once, for 15 minutes:",
      linkOf("/reset-password", link),
      "Where a second factor is set up, it will still be asked. If you did not ask for this, do nothing.",
    ]),
  passwordChanged: () =>
    letter("password-changed", "Your password was changed", [
      "Your password was changed. All other sessions have ended.",
      NOT_YOU,
    ]),
  confirmEmail: (link: Link) =>
    letter("confirm-email", CHANGE_SUBJECT, [
      "Open this link to make this the address of your account; it works once, for 24 hours:",
      linkOf("/confirm-email", link),
    ]),
  /** In place of `confirmEmail`, and by its name: who asked sees in their archive that a letter was sent, not which. */
  emailTaken: (origin: string) =>
    letter("confirm-email", CHANGE_SUBJECT, [
      "Somebody, perhaps you, wants to make this the address of an account. It is that of another account already:",
      `${origin}/sign-in`,
      "Nothing was changed. If you want this address elsewhere, change the address of that account first.",
    ]),
  emailChanged: (address: string) =>
    letter("email-changed", "Your e-mail address was changed", [
      `The address of your account is now ${address}. Letters no longer come here.`,
      NOT_YOU,
    ]),
  secondFactorAdded: (what: string) =>
    letter("second-factor-added", "A second factor was added", [`${what} was added to your account.`, NOT_YOU]),
  secondFactorRemoved: (what: string) =>
    letter("second-factor-removed", "A second factor was removed", [`${what} was removed from your account.`, NOT_YOU]),
  recoveryCodeUsed: (left: number) =>
    letter("recovery-code-used", "A recovery code was used", [
      `Somebody signed in with one of your recovery codes; ${left} are left.`,
      NOT_YOU,
    ]),
  sessionReuse: () =>
    letter("session-reuse", "A session was ended for your safety", [
      "An old key of one of your sessions was shown again, as happens when somebody copied it. We ended that session.",
      NOT_YOU,
    ]),
  apiKeyCreated: (name: string) =>
    letter("api-key-created", "An API key was made", [`The API key “${name}” was made for your account.`, NOT_YOU]),
  invitation: (link: Link & { readonly inviter: string }) =>
    letter("invitation", "You are invited to look on", [
      `${link.inviter} invites you to see their strategies, data and results in ApexTrade. You will not be able to change anything.`,
      linkOf("/invitation", link),
      "The link works once, for seven days. Sign in or make an account with this address first.",
    ]),
  exportReady: (origin: string) =>
    letter("export-ready", "Your data is ready", [
      "The archive with everything about you is ready. Fetch it within seven days, signed in, under Settings, Privacy:",
      `${origin}/settings?section=privacy`,
    ]),
  deletionPlanned: (origin: string, day: string) =>
    letter("deletion-planned", "Your account will be erased", [
      `Everything in your account will be erased on ${day}. Until then you can keep it, under Settings, Privacy:`,
      `${origin}/settings?section=privacy`,
      NOT_YOU,
    ]),
  accountErased: () =>
    letter("account-erased", "Your account was erased", [
      "Everything in your account was erased, as you asked. This is the last letter; nothing can be brought back.",
    ]),
  noticeAddress: ({ code, asker }: { readonly code: string; readonly asker: string }) =>
    letter("notice-address", "Confirm this address for notices", [
      `${asker} wants notices of ApexTrade to be sent to this address. To agree, enter this code under Settings, Notifications; it works once, for 24 hours:`,
      code,
      "If this is not wanted, do nothing: without the code nothing is sent here.",
    ]),
  deletionCancelled: () =>
    letter("deletion-cancelled", "Your account stays", ["The erasure of your account was called off."]),
} as const;
