// Runs before the first paint, so that a light page never flashes dark and the other way round.
(() => {
  let stored = {};
  try {
    stored = JSON.parse(localStorage.getItem("apextrade.preferences") ?? "{}") ?? {};
  } catch {
    // A storage that is blocked or damaged leaves the defaults.
  }
  const system = matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
  const theme = stored.theme === "system" ? system : stored.theme === "light" ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  document.documentElement.dataset.palette = stored.palette === "blue-orange" ? "blue-orange" : "green-red";
})();
