import { useQuery } from "@tanstack/react-query";
import { Outlet, useNavigate, useRouter } from "@tanstack/react-router";
import { Compass } from "lucide-react";
import { lazy, Suspense, useEffect, useState } from "react";
import { sessionQuery } from "../api/queries.ts";
import { useProofAsked } from "../settings/prove.ts";
import { buttonClass } from "../ui/button.tsx";
import { Empty, Failure, Skeleton } from "../ui/states.tsx";
import { DeletionBanner } from "./deletion-banner.tsx";
import { MaintenanceBanner } from "./maintenance-banner.tsx";
import { BottomBar, Rail } from "./rail.tsx";
import { useShortcuts } from "./shortcuts.ts";
import { TopBar } from "./top-bar.tsx";
import { ViewingBanner } from "./viewing-banner.tsx";

const loadPalette = () => import("./palette.tsx");
const Palette = lazy(async () => ({ default: (await loadPalette()).Palette }));
/** Once the page stands still for this long, the palette is fetched, so that it opens before the first letter. */
const PALETTE_PRELOAD_MS = 1_500;
const VenueBanner = lazy(async () => ({ default: (await import("../trading/venue-banner.tsx")).VenueBanner }));
const HaltBanner = lazy(async () => ({ default: (await import("../trading/halt-banner.tsx")).HaltBanner }));
const StepUpDialog = lazy(async () => ({ default: (await import("../settings/step-up-dialog.tsx")).StepUpDialog }));
const Help = lazy(async () => ({ default: (await import("./help.tsx")).Help }));

export type Overlay = "palette" | "help" | null;

/** The frame around every page of someone who is signed in. */
export function Shell() {
  const [overlay, setOverlay] = useState<Overlay>(null);
  const proofAsked = useProofAsked();
  useShortcuts(setOverlay);
  useLeaveWhenSignedOut();
  useEffect(() => {
    const timer = setTimeout(() => void loadPalette(), PALETTE_PRELOAD_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="flex min-h-dvh">
      <a
        href="#content"
        className="sr-only z-50 rounded-md bg-raised px-3 py-2 focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to content
      </a>
      <Rail />
      <div className="flex min-w-0 flex-1 flex-col">
        <TopBar onOverlay={setOverlay} />
        <MaintenanceBanner />
        <DeletionBanner />
        <Suspense fallback={null}>
          <HaltBanner />
          <VenueBanner />
        </Suspense>
        <main id="content" tabIndex={-1} className="min-w-0 flex-1 outline-none max-md:pb-16">
          <Outlet />
        </main>
        <ViewingBanner />
      </div>
      <BottomBar onSearch={() => setOverlay("palette")} />
      <Suspense fallback={null}>
        {proofAsked && <StepUpDialog />}
        {overlay === "palette" && <Palette onClose={() => setOverlay(null)} onHelp={() => setOverlay("help")} />}
        {overlay === "help" && <Help onClose={() => setOverlay(null)} />}
      </Suspense>
    </div>
  );
}

/** The shape of a page while its code is on the way. */
export function PagePending() {
  return (
    <div role="status" aria-label="Loading the page" className="mx-auto max-w-[1480px] px-6 pt-6 max-md:px-4">
      <Skeleton className="mb-6 h-7 w-56" />
      <Skeleton className="mb-3 h-24 w-full" />
      <Skeleton className="h-80 w-full" />
    </div>
  );
}

export function PageFailure({ error }: { error: unknown }) {
  const router = useRouter();
  return <Failure error={error} onRetry={() => void router.invalidate()} />;
}

export function MissingPage() {
  return (
    <Empty
      icon={Compass}
      title="There is no page at this address"
      action={
        <a href="/" className={buttonClass("primary")}>
          Go to the dashboard
        </a>
      }
    >
      The link may be old, or what it led to was deleted.
    </Empty>
  );
}

function useLeaveWhenSignedOut(): void {
  const { data } = useQuery(sessionQuery);
  const navigate = useNavigate();
  const signedOut = data !== undefined && data.user === null;
  useEffect(() => {
    if (signedOut) void navigate({ to: "/sign-in", search: { next: location.pathname + location.search } });
  }, [signedOut, navigate]);
}
