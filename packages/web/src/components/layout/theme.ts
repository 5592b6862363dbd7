import { useSyncExternalStore } from "react";

/** The themes to choose from. "system" follows the preference of the browser. */
export const themes = ["light", "dark", "system"] as const;
export type Theme = (typeof themes)[number];

const storageKey = "theme";
const listeners = new Set<() => void>();

/**
 * Sets the chosen theme before the first paint, so that a dark page never flashes white. The script runs inline in the
 * head. When nothing was chosen, or JavaScript is off, CSS follows the browser's preference.
 */
export const themeScript = `try{var t=localStorage.getItem("${storageKey}");if(t==="light"||t==="dark")document.documentElement.dataset.theme=t}catch{}`;

function currentTheme(): Theme {
  const chosen = document.documentElement.dataset.theme;
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}

function applyTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const listener of listeners) listener();
}

function chooseTheme(theme: Theme): void {
  try {
    if (theme === "system") localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, theme);
  } catch {
    // A browser may refuse storage. The choice then lasts as long as the page.
  }
  applyTheme(theme);
}

function themeFromOtherTab(event: StorageEvent): void {
  if (event.key !== storageKey && event.key !== null) return;
  applyTheme(event.newValue === "light" || event.newValue === "dark" ? event.newValue : "system");
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (listeners.size === 1) window.addEventListener("storage", themeFromOtherTab);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener("storage", themeFromOtherTab);
  };
}

/** Gives the chosen theme ("system" on the server) and a function that changes and stores the choice. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const theme = useSyncExternalStore<Theme>(subscribe, currentTheme, () => "system");
  return [theme, chooseTheme];
}
