export const themes = ["system", "light", "dark"] as const;

export type Theme = (typeof themes)[number];

/** The colours of the top bar (`--surface` in app/globals.css), with which a phone's browser surrounds the page. */
export const barColors = { light: "#ffffff", dark: "#14191e" } as const;
