import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  notFound,
  redirect,
} from "@tanstack/react-router";
import { parseAdminSearch } from "../admin/admin-search.ts";
import { sessionQuery } from "../api/queries.ts";
import { queryClient } from "../api/runtime.ts";
import { parseAuditSearch } from "../audit/audit-search.ts";
import { returnPath } from "../session/return-path.ts";
import { parseSettingsSearch } from "../settings/settings-search.ts";
import {
  parseBacktestSearch,
  parseCompareSearch,
  parseDataSearch,
  parseLanguageSearch,
  parseNewRunSearch,
  parseReportSearch,
} from "./search.ts";
import { MissingPage, PageFailure, PagePending, Shell } from "./shell.tsx";
import {
  parseBotSearch,
  parseBotsSearch,
  parseJournalSearch,
  parseNewBotSearch,
  parseOrdersSearch,
  parseRiskSearch,
} from "./trading-search.ts";

const root = createRootRoute({ notFoundComponent: MissingPage, errorComponent: PageFailure });

/** Pages of someone who is signed in; others are sent to sign in and brought back. */
const app = createRoute({
  getParentRoute: () => root,
  id: "app",
  component: Shell,
  async beforeLoad({ location }) {
    const session = await queryClient.ensureQueryData(sessionQuery);
    if (session.user === null) throw redirect({ to: "/sign-in", search: { next: location.href } });
  },
});

function nextOf(search: Record<string, unknown>): { next?: string } {
  const next = returnPath(search.next);
  return next === undefined ? {} : { next };
}

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: nextOf,
  component: lazyRouteComponent(() => import("../session/sign-in-page.tsx"), "SignInPage"),
});

const signUp = createRoute({
  getParentRoute: () => root,
  path: "/sign-up",
  validateSearch: nextOf,
  component: lazyRouteComponent(() => import("../session/account-pages.tsx"), "SignUpPage"),
});

const forgotPassword = createRoute({
  getParentRoute: () => root,
  path: "/forgot-password",
  component: lazyRouteComponent(() => import("../session/account-pages.tsx"), "ForgotPasswordPage"),
});

const resetPassword = createRoute({
  getParentRoute: () => root,
  path: "/reset-password",
  component: lazyRouteComponent(() => import("../session/account-pages.tsx"), "ResetPasswordPage"),
});

const verifyEmail = createRoute({
  getParentRoute: () => root,
  path: "/verify-email",
  component: lazyRouteComponent(() => import("../session/account-pages.tsx"), "VerifyEmailPage"),
});

const confirmEmail = createRoute({
  getParentRoute: () => root,
  path: "/confirm-email",
  component: lazyRouteComponent(() => import("../session/account-pages.tsx"), "ConfirmEmailPage"),
});

const invitation = createRoute({
  getParentRoute: () => root,
  path: "/invitation",
  component: lazyRouteComponent(() => import("../settings/invitation-page.tsx"), "InvitationPage"),
});

const home = createRoute({
  getParentRoute: () => app,
  path: "/",
  component: lazyRouteComponent(() => import("../dashboard/dashboard-page.tsx"), "DashboardPage"),
});

const bots = createRoute({
  getParentRoute: () => app,
  path: "/bots",
  validateSearch: parseBotsSearch,
  component: lazyRouteComponent(() => import("../bot/bots-page.tsx"), "BotsPage"),
});

const newBot = createRoute({
  getParentRoute: () => app,
  path: "/bots/new",
  validateSearch: parseNewBotSearch,
  component: lazyRouteComponent(() => import("../bot/new-bot-page.tsx"), "NewBotPage"),
});

const bot = createRoute({
  getParentRoute: () => app,
  path: "/bots/$id",
  validateSearch: parseBotSearch,
  component: lazyRouteComponent(() => import("../bot/bot-page.tsx"), "BotPage"),
});

const editBot = createRoute({
  getParentRoute: () => app,
  path: "/bots/$id/edit",
  component: lazyRouteComponent(() => import("../bot/edit-bot-page.tsx"), "EditBotPage"),
});

const orders = createRoute({
  getParentRoute: () => app,
  path: "/orders",
  validateSearch: parseOrdersSearch,
  component: lazyRouteComponent(() => import("../order/orders-page.tsx"), "OrdersPage"),
});

const risk = createRoute({
  getParentRoute: () => app,
  path: "/risk",
  validateSearch: parseRiskSearch,
  component: lazyRouteComponent(() => import("../risk/risk-page.tsx"), "RiskPage"),
});

const journal = createRoute({
  getParentRoute: () => app,
  path: "/journal",
  validateSearch: parseJournalSearch,
  component: lazyRouteComponent(() => import("../journal/journal-page.tsx"), "JournalPage"),
});

const backtests = createRoute({
  getParentRoute: () => app,
  path: "/backtests",
  validateSearch: parseBacktestSearch,
  component: lazyRouteComponent(() => import("../backtest/backtests-page.tsx"), "BacktestsPage"),
});

const newBacktest = createRoute({
  getParentRoute: () => app,
  path: "/backtests/new",
  validateSearch: parseNewRunSearch,
  component: lazyRouteComponent(() => import("../backtest/new-run-page.tsx"), "NewRunPage"),
});

const backtest = createRoute({
  getParentRoute: () => app,
  path: "/backtests/$id",
  validateSearch: parseReportSearch,
  component: lazyRouteComponent(() => import("../backtest/backtest-page.tsx"), "BacktestPage"),
});

const compare = createRoute({
  getParentRoute: () => app,
  path: "/compare",
  validateSearch: parseCompareSearch,
  component: lazyRouteComponent(() => import("../compare/compare-page.tsx"), "ComparePage"),
});

const strategies = createRoute({
  getParentRoute: () => app,
  path: "/strategies",
  component: lazyRouteComponent(() => import("../strategy/strategies-page.tsx"), "StrategiesPage"),
});

const newStrategy = createRoute({
  getParentRoute: () => app,
  path: "/strategies/new",
  validateSearch: (search: Record<string, unknown>): { fork?: string } =>
    typeof search.fork === "string" ? { fork: search.fork } : {},
  component: lazyRouteComponent(() => import("../strategy/strategy-page.tsx"), "NewStrategyPage"),
});

const language = createRoute({
  getParentRoute: () => app,
  path: "/strategies/language",
  validateSearch: parseLanguageSearch,
  component: lazyRouteComponent(() => import("../strategy/language/language-page.tsx"), "LanguagePage"),
});

const strategy = createRoute({
  getParentRoute: () => app,
  path: "/strategies/$id",
  component: lazyRouteComponent(() => import("../strategy/strategy-page.tsx"), "StrategyPage"),
});

const data = createRoute({
  getParentRoute: () => app,
  path: "/data",
  validateSearch: parseDataSearch,
  component: lazyRouteComponent(() => import("../data/data-page.tsx"), "DataPage"),
});

const dataset = createRoute({
  getParentRoute: () => app,
  path: "/data/$id",
  component: lazyRouteComponent(() => import("../data/dataset-page.tsx"), "DatasetPage"),
});

const settings = createRoute({
  getParentRoute: () => app,
  path: "/settings",
  validateSearch: parseSettingsSearch,
  component: lazyRouteComponent(() => import("../settings/settings-page.tsx"), "SettingsPage"),
});

/** A section by its path, as it is typed or stands in a letter. */
const settingsSection = createRoute({
  getParentRoute: () => app,
  path: "/settings/$section",
  beforeLoad({ params }) {
    const search = parseSettingsSearch(params);
    if (params.section === "audit") throw redirect({ to: "/audit", replace: true });
    if (search.section === undefined) throw notFound();
    throw redirect({ to: "/settings", search, replace: true });
  },
});

const admin = createRoute({
  getParentRoute: () => app,
  path: "/admin",
  validateSearch: parseAdminSearch,
  component: lazyRouteComponent(() => import("../admin/admin-page.tsx"), "AdminPage"),
});

const audit = createRoute({
  getParentRoute: () => app,
  path: "/audit",
  validateSearch: parseAuditSearch,
  component: lazyRouteComponent(() => import("../audit/audit-page.tsx"), "AuditPage"),
});

const tree = root.addChildren([
  signIn,
  signUp,
  forgotPassword,
  resetPassword,
  verifyEmail,
  confirmEmail,
  invitation,
  app.addChildren([
    home,
    bots,
    newBot,
    bot,
    editBot,
    orders,
    risk,
    journal,
    backtests,
    newBacktest,
    backtest,
    compare,
    strategies,
    newStrategy,
    language,
    strategy,
    data,
    dataset,
    settings,
    settingsSection,
    audit,
    admin,
  ]),
]);

/** Every page by its address. */
export const router = createRouter({
  routeTree: tree,
  defaultPreload: "intent",
  scrollRestoration: true,
  defaultPendingMs: 300,
  defaultPendingComponent: PagePending,
  defaultErrorComponent: PageFailure,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
