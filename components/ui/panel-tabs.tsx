"use client";

import { type ReactNode, useId, useState } from "react";
import { moveBetweenTabs, tabLook } from "./tabs";

type Panel = { label: string; content: ReactNode };

/** Tabs within a page or dialog, without an address. The arrow keys open the next one. */
export function PanelTabs({ label, panels }: { label: string; panels: readonly Panel[] }) {
  const id = useId();
  const [chosen, setChosen] = useState(panels[0]?.label);
  const shown = panels.find((panel) => panel.label === chosen);
  return (
    <div>
      <div
        role="tablist"
        aria-label={label}
        onKeyDown={moveBetweenTabs}
        className="flex flex-wrap gap-x-4 border-b border-border"
      >
        {panels.map((panel) => (
          <button
            key={panel.label}
            type="button"
            id={panel === shown ? `${id}tab` : undefined}
            role="tab"
            aria-selected={panel === shown}
            aria-controls={panel === shown ? `${id}panel` : undefined}
            tabIndex={panel === shown ? 0 : -1}
            onFocus={() => setChosen(panel.label)}
            onClick={() => setChosen(panel.label)}
            className={tabLook}
          >
            {panel.label}
          </button>
        ))}
      </div>
      <div key={chosen} role="tabpanel" id={`${id}panel`} aria-labelledby={`${id}tab`} className="pt-3">
        {shown?.content}
      </div>
    </div>
  );
}
