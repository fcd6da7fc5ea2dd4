// Secure cookies need https; the local server speaks plain http on this machine alone.
const COOKIE = /(?:^|;\s*)(__Host-)?apextrade-session=([\w.-]{1,200})(?:;|$)/;

/** The refresh token of a request's cookie. Over https only the cookie with the host prefix counts. */
export function sessionCookieOf(request: Request): string | undefined {
  const match = COOKIE.exec(request.headers.get("Cookie") ?? "");
  if (match === null || (isSecure(request) && match[1] === undefined)) return undefined;
  return match[2];
}

export function sessionCookie(request: Request, token: string, seconds: number): string {
  return `${nameFor(request)}=${token}; ${attributesFor(request)}; Max-Age=${seconds}`;
}

export function forgottenSessionCookie(request: Request): string {
  return `${nameFor(request)}=; ${attributesFor(request)}; Max-Age=0`;
}

export function isSecure(request: Request): boolean {
  return new URL(request.url).protocol === "https:";
}

function nameFor(request: Request): string {
  return isSecure(request) ? "__Host-apextrade-session" : "apextrade-session";
}

function attributesFor(request: Request): string {
  return `Path=/; HttpOnly; SameSite=Lax${isSecure(request) ? "; Secure" : ""}`;
}
