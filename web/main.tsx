import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { Tooltip } from "radix-ui";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { queryClient } from "./api/runtime.ts";
import { applyPreferences } from "./app/preferences.ts";
import { router } from "./app/router.ts";
import "./style/app.css";

/** Long enough that crossing a row of numbers opens nothing, short enough that stopping on one does. */
const HINT_DELAY_MS = 250;

applyPreferences();
const element = document.getElementById("root");
if (element === null) throw new Error("the page has no element with the id root");
createRoot(element).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <Tooltip.Provider delayDuration={HINT_DELAY_MS} skipDelayDuration={400}>
        <RouterProvider router={router} />
      </Tooltip.Provider>
    </QueryClientProvider>
  </StrictMode>,
);
