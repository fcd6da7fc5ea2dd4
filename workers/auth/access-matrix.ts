import type { ApiScope } from "./api-key.ts";
import type { AccessRole } from "./principal.ts";

/**
 * Who may use a route. `public`: anybody. `self`: any session, about its own person, also while it looks at another's
 * things. `viewer`: whoever may see the owner's things. `trader`: the owner. `operator` and `administrator`: the
 * deployment's people; an administrator may do what an operator may.
 */
export type Audience = "public" | "self" | AccessRole;

export interface Access {
  readonly audience: Audience;
  /** Scope that an API key needs; a route without one takes no keys. */
  readonly scope?: ApiScope;
  /** `step-up`: proof within the last five minutes. `second-factor`: that, and an account that has a second factor. */
  readonly needs?: "step-up" | "second-factor";
  /** Sockets show a ticket instead of a token: browsers cannot set headers on them. */
  readonly shows?: "ticket";
  /** Computes for seconds or moves whole files: has a budget of its own, see `request-budgets.ts`. */
  readonly costs?: "expensive";
  /** Secret of a program that may use this one route instead: see `program-token.ts`. */
  readonly orToken?: "METRICS_TOKEN" | "DEPLOY_TOKEN";
}

const open: Access = { audience: "public" };
const self: Access = { audience: "self" };
const selfProven: Access = { audience: "self", needs: "step-up" };
const read: Access = { audience: "viewer", scope: "read" };
const write: Access = { audience: "trader", scope: "trade" };

/**
 * The one table of roles and routes. A route that is not here does not start: see `requireEntries`. Paths are written
 * as in the API's document.
 */
export const ACCESS: Readonly<Record<string, Access>> = {
  "GET /health": open,
  "GET /health/live": open,
  "GET /health/ready": open,
  "GET /docs": open,
  "GET /docs/style.css": open,
  "GET /api/v1/openapi.json": open,

  "GET /metrics": { audience: "administrator", orToken: "METRICS_TOKEN" },

  // Shows a token of its own: see `sidecar-token.ts`.
  "GET /sidecar/v1/accounts/{id}": open,
  "GET /sidecar/v1/connections/{id}": open,

  "POST /api/auth/sign-up/email": open,
  "POST /api/auth/sign-in/email": open,
  "POST /api/auth/sign-in/second-factor": open,
  "POST /api/auth/sign-in/second-factor/passkey": open,
  "POST /api/auth/sign-in/passkey/options": open,
  "POST /api/auth/sign-in/passkey": open,
  "POST /api/auth/sign-out": open,
  "POST /api/auth/verify-email": open,
  "POST /api/auth/password/forgot": open,
  "POST /api/auth/password/reset": open,
  "POST /api/auth/email/confirm": open,
  "GET /api/v1/session": open,
  "POST /api/v1/session/token": open,

  "POST /api/v1/session/view": self,
  "POST /api/v1/session/step-up": self,
  "POST /api/v1/session/step-up/passkey": self,
  "PATCH /api/v1/account": self,
  "POST /api/v1/account/password": selfProven,
  "POST /api/v1/account/email": selfProven,
  "GET /api/v1/account/security": self,
  "POST /api/v1/account/totp": selfProven,
  "POST /api/v1/account/totp/confirm": selfProven,
  "DELETE /api/v1/account/totp": { audience: "self", needs: "second-factor" },
  "POST /api/v1/account/recovery-codes": { audience: "self", needs: "second-factor" },
  "POST /api/v1/account/passkeys/options": selfProven,
  "POST /api/v1/account/passkeys": selfProven,
  "DELETE /api/v1/account/passkeys/{id}": { audience: "self", needs: "second-factor" },
  "GET /api/v1/account/sessions": self,
  "DELETE /api/v1/account/sessions": self,
  "DELETE /api/v1/account/sessions/{id}": self,
  "POST /api/v1/account/exports": { ...selfProven, costs: "expensive" },
  "GET /api/v1/account/exports": self,
  "GET /api/v1/account/exports/{id}": self,
  "POST /api/v1/account/exports/{id}/link": selfProven,
  "GET /api/v1/account/export-files/{link}": self,
  "POST /api/v1/account/deletion": selfProven,
  "DELETE /api/v1/account/deletion": self,
  "GET /api/v1/sharing": self,
  "POST /api/v1/sharing/invitations": selfProven,
  "DELETE /api/v1/sharing/invitations/{id}": self,
  "POST /api/v1/sharing/accept": self,
  "DELETE /api/v1/sharing/viewers/{id}": self,
  "DELETE /api/v1/sharing/owners/{id}": self,
  "GET /api/v1/api-keys": self,
  "POST /api/v1/api-keys": { audience: "self", needs: "second-factor" },
  "DELETE /api/v1/api-keys/{id}": self,

  "POST /api/v1/admin/bootstrap": { audience: "self" },
  "GET /api/v1/admin/users": { audience: "operator" },
  "PATCH /api/v1/admin/users/{id}": { audience: "administrator", needs: "second-factor" },
  "DELETE /api/v1/admin/users/{id}/sessions": { audience: "operator", needs: "second-factor" },
  "GET /api/v1/admin/trading": { audience: "operator" },
  // Stopping must never wait for a proof; letting trading go on is asked for one by the route.
  "POST /api/v1/admin/trading": { audience: "administrator" },
  "GET /api/v1/admin/backups": { audience: "operator", orToken: "DEPLOY_TOKEN" },
  "POST /api/v1/admin/backups": { audience: "operator", costs: "expensive", orToken: "DEPLOY_TOKEN" },
  "POST /api/v1/admin/users/{id}/view": { audience: "operator", needs: "second-factor" },
  "GET /api/v1/admin/switches": { audience: "operator" },
  "POST /api/v1/admin/maintenance": { audience: "administrator", needs: "step-up" },
  // Stops trading at once, and closes nothing before another has proven who they are.
  "POST /api/v1/admin/closings": { audience: "administrator" },
  "POST /api/v1/admin/closings/{id}/confirm": { audience: "administrator", needs: "second-factor" },
  "DELETE /api/v1/admin/closings/{id}": { audience: "administrator" },
  "GET /api/v1/admin/jobs": { audience: "operator" },
  "GET /api/v1/admin/job-counts": { audience: "operator" },
  "POST /api/v1/admin/jobs/{kind}/{id}/redrive": { audience: "operator" },
  "POST /api/v1/admin/jobs/{kind}/{id}/cancel": { audience: "operator" },
  "GET /api/v1/admin/objects": { audience: "operator" },
  "GET /api/v1/admin/objects/{kind}/{id}": { audience: "operator" },
  "POST /api/v1/admin/objects/{kind}/{id}/wake": { audience: "operator" },
  "GET /api/v1/admin/health": { audience: "operator", orToken: "DEPLOY_TOKEN" },
  "GET /api/v1/admin/audit": { audience: "operator" },

  "POST /api/v1/socket-tickets": { audience: "viewer", scope: "read" },
  "GET /api/v1/instruments": read,
  "GET /api/v1/backfill-sources": read,
  "GET /api/v1/backfill-sources/{id}/instruments": read,
  "GET /api/v1/backfills": read,
  "POST /api/v1/backfills": write,
  "GET /api/v1/backfills/{id}": read,
  "POST /api/v1/backfills/{id}/cancel": write,
  "POST /api/v1/backfills/{id}/resume": write,
  "DELETE /api/v1/backfills/{id}": write,

  "GET /api/v1/datasets": read,
  "POST /api/v1/datasets/import": { ...write, costs: "expensive" },
  "GET /api/v1/datasets/{id}": read,
  "PATCH /api/v1/datasets/{id}": write,
  "DELETE /api/v1/datasets/{id}": write,
  "GET /api/v1/datasets/{id}/candles": read,
  "GET /api/v1/datasets/{id}/export": { ...read, costs: "expensive" },
  "GET /api/v1/imports/{id}": read,
  "GET /api/v1/strategies": read,
  "POST /api/v1/strategies": write,
  // These compute and store nothing: whoever may read may ask.
  "POST /api/v1/strategies/check": read,
  "POST /api/v1/strategies/preview": { ...read, costs: "expensive" },
  "GET /api/v1/strategies/language": read,
  "GET /api/v1/strategies/library": read,
  "GET /api/v1/strategies/{id}": read,
  "PATCH /api/v1/strategies/{id}": write,
  "DELETE /api/v1/strategies/{id}": write,
  "GET /api/v1/strategies/{id}/versions": read,
  "GET /api/v1/backtests": read,
  "POST /api/v1/backtests": { ...write, costs: "expensive" },
  "GET /api/v1/backtests/compare": read,
  "GET /api/v1/backtests/{id}": read,
  "DELETE /api/v1/backtests/{id}": write,
  "POST /api/v1/backtests/{id}/cancel": write,
  "GET /api/v1/backtests/{id}/indicators": read,
  "GET /api/v1/backtests/{id}/live": { ...read, shows: "ticket" },
  "GET /api/v1/backtests/{id}/report/{part}": read,
  "GET /api/v1/backtests/{id}/trades.csv": read,
  "GET /api/v1/markets/candles": read,
  "GET /api/v1/markets/live": { ...read, shows: "ticket" },
  "GET /api/v1/dashboard": read,
  "GET /api/v1/dashboard/live": { ...read, shows: "ticket" },
  "GET /api/v1/connections": read,
  // Keys of venues are given, replaced and taken away by a person who has just proved who they are, and by no program.
  "POST /api/v1/connections": { audience: "trader", needs: "step-up" },
  "GET /api/v1/connections/{id}": read,
  "PATCH /api/v1/connections/{id}": { audience: "trader" },
  "POST /api/v1/connections/{id}/test": { audience: "trader" },
  "POST /api/v1/connections/{id}/rotate": { audience: "trader", needs: "step-up" },
  "DELETE /api/v1/connections/{id}": { audience: "trader", needs: "step-up" },
  "GET /api/v1/connections/{id}/instruments": read,
  "GET /api/v1/accounts": read,
  "POST /api/v1/accounts": write,
  "GET /api/v1/accounts/{id}": read,
  "PATCH /api/v1/accounts/{id}": write,
  // Takes orders and trades with it: no program does this.
  "DELETE /api/v1/accounts/{id}": { audience: "trader", needs: "step-up" },
  "GET /api/v1/accounts/{id}/state": read,
  "GET /api/v1/accounts/{id}/equity": read,
  "GET /api/v1/accounts/{id}/replay": read,
  "GET /api/v1/accounts/{id}/risk": read,
  "GET /api/v1/accounts/{id}/verdicts": read,
  // Lowering a limit takes risk away; a raise is asked for a proof by the route.
  "PUT /api/v1/accounts/{id}/limits": write,
  "POST /api/v1/accounts/{id}/trading-state": write,
  // Sets books right by hand: no program does this.
  "POST /api/v1/accounts/{id}/differences/settle": { audience: "trader", needs: "step-up" },
  "GET /api/v1/accounts/{id}/live": { ...read, shows: "ticket" },
  // Stopping must never wait for a proof.
  "POST /api/v1/kill": write,
  "GET /api/v1/bots": read,
  "POST /api/v1/bots": write,
  "POST /api/v1/bots/preview": { ...read, costs: "expensive" },
  "GET /api/v1/bots/{id}": read,
  "PATCH /api/v1/bots/{id}": write,
  "POST /api/v1/bots/{id}/start": write,
  "POST /api/v1/bots/{id}/pause": write,
  "POST /api/v1/bots/{id}/resume": write,
  "POST /api/v1/bots/{id}/stop": write,
  "POST /api/v1/bots/{id}/clone": write,
  "GET /api/v1/bots/{id}/state": read,
  "GET /api/v1/bots/{id}/log": read,
  "GET /api/v1/bots/{id}/live": { ...read, shows: "ticket" },
  "GET /api/v1/bots/{id}/signals": read,
  // Computes and stores nothing: whoever may read may ask.
  "POST /api/v1/bots/{id}/signals/check": read,
  // Of these, what moves real money is asked for a proof by the route.
  "POST /api/v1/bots/{id}/signals/{signalId}/replay": write,
  "GET /api/v1/bots/{id}/hook": read,
  "POST /api/v1/bots/{id}/hook": write,
  "POST /api/v1/bots/{id}/hook/rotate": write,
  "PATCH /api/v1/bots/{id}/hook": write,
  "DELETE /api/v1/bots/{id}/hook": write,
  // The token in the path is the proof: see `hook-token.ts`.
  "POST /hooks/v1/{token}": open,
  "GET /api/v1/orders": read,
  "POST /api/v1/orders": write,
  // Computes and stores nothing: whoever may read may ask.
  "POST /api/v1/orders/preview": read,
  "GET /api/v1/orders.csv": { ...read, costs: "expensive" },
  "GET /api/v1/orders/{id}": read,
  "POST /api/v1/orders/{id}/cancel": write,
  // Gives back what the caps hold for an order that may yet trade: a person has to have looked.
  "POST /api/v1/orders/{id}/release": { audience: "trader", needs: "step-up" },
  "GET /api/v1/fills": read,
  "GET /api/v1/fills.csv": { ...read, costs: "expensive" },
  "GET /api/v1/positions": read,
  "GET /api/v1/journal": read,
  "GET /api/v1/journal/statistics": read,
  "PATCH /api/v1/journal/{id}": write,
  "GET /api/v1/journal/{id}/picture": read,
  "PUT /api/v1/journal/{id}/picture": write,
  "GET /api/v1/notifications/channels": { audience: "trader", scope: "read" },
  // A new way out, and what is told on it, is chosen by a person and by no program: who has a key must not silence alerts.
  "POST /api/v1/notifications/channels": { audience: "trader", needs: "step-up" },
  "PATCH /api/v1/notifications/channels/{id}": { audience: "trader" },
  "DELETE /api/v1/notifications/channels/{id}": { audience: "trader" },
  "POST /api/v1/notifications/channels/{id}/test": { audience: "trader", costs: "expensive" },
  "POST /api/v1/notifications/channels/{id}/code": { audience: "trader" },
  "POST /api/v1/notifications/channels/{id}/confirm": { audience: "trader" },
  "GET /api/v1/notifications/rules": { audience: "trader", scope: "read" },
  "PUT /api/v1/notifications/rules": { audience: "trader" },
  "DELETE /api/v1/notifications/rules/{id}": { audience: "trader" },
  "GET /api/v1/notifications/settings": { audience: "trader", scope: "read" },
  "PUT /api/v1/notifications/settings": { audience: "trader" },
  "GET /api/v1/notifications/deliveries": { audience: "trader", scope: "read" },
  "GET /api/v1/notifications/inbox": { audience: "trader", scope: "read" },
  "POST /api/v1/notifications/inbox/read": { audience: "trader" },
  "GET /api/v1/admin/notifications/channels": { audience: "operator" },
  "POST /api/v1/admin/notifications/channels": { audience: "administrator", needs: "step-up" },
  "PATCH /api/v1/admin/notifications/channels/{id}": { audience: "administrator" },
  "DELETE /api/v1/admin/notifications/channels/{id}": { audience: "administrator" },
  "POST /api/v1/admin/notifications/channels/{id}/test": { audience: "administrator", costs: "expensive" },
  "POST /api/v1/admin/notifications/channels/{id}/code": { audience: "administrator" },
  "POST /api/v1/admin/notifications/channels/{id}/confirm": { audience: "administrator" },
  "GET /api/v1/admin/notifications/rules": { audience: "operator" },
  "PUT /api/v1/admin/notifications/rules": { audience: "administrator" },
  "DELETE /api/v1/admin/notifications/rules/{id}": { audience: "administrator" },
  "GET /api/v1/admin/notifications/settings": { audience: "operator" },
  "PUT /api/v1/admin/notifications/settings": { audience: "administrator" },
  "GET /api/v1/admin/notifications/deliveries": { audience: "operator" },
  "GET /api/v1/admin/notifications/inbox": { audience: "operator" },
  "POST /api/v1/admin/notifications/inbox/read": { audience: "operator" },
  "GET /api/v1/audit": { audience: "trader", scope: "admin" },
  "GET /api/v1/audit.jsonl": { audience: "trader", scope: "admin", costs: "expensive" },
  "GET /api/v1/audit/verification": { audience: "trader", scope: "admin", costs: "expensive" },
};

/** The entry of a route, its path as the router or as the document writes it. */
export function accessOf(method: string, path: string): Access | undefined {
  return ACCESS[`${method} ${path.replace(/:(\w+)(\{[^}]*\})?/g, "{$1}")}`];
}

const RANK: Readonly<Record<AccessRole, number>> = { viewer: 0, trader: 1, operator: 2, administrator: 3 };

/** Whether a role is enough for an audience that is not about the person. */
export function suffices(role: AccessRole, audience: AccessRole): boolean {
  return RANK[role] >= RANK[audience];
}
