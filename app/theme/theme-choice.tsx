"use client";

import { startTransition, useState } from "react";
import { useAnnounce } from "@/components/ui/announcements";
import { MenuChoice, MenuChoices } from "@/components/ui/menu";
import { chooseThemeAction } from "./actions";
import { type Theme, themes } from "./theme";

const labels: Record<Theme, string> = { system: "System", light: "Light", dark: "Dark" };

/** Shows the theme at once, and has it kept in the browser's cookie. Only for the browser. */
export function ThemeChoice() {
  const announce = useAnnounce();
  const [theme, setTheme] = useState(shownTheme);

  function choose(next: Theme) {
    setTheme(next);
    show(next);
    startTransition(async () => {
      try {
        await chooseThemeAction(next);
      } catch {
        announce({ text: "The theme could not be kept: it ends with this page. Check your connection and try again." });
      }
    });
  }

  return (
    <MenuChoices label="Theme">
      {themes.map((each) => (
        <MenuChoice key={each} isChosen={each === theme} onSelect={() => choose(each)}>
          {labels[each]}
        </MenuChoice>
      ))}
    </MenuChoices>
  );
}

function shownTheme(): Theme {
  const { theme } = document.documentElement.dataset;
  return themes.find((each) => each === theme) ?? "system";
}

function show(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
