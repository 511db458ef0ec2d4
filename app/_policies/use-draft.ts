"use client";

import { useEffect, useEffectEvent, useRef, useState } from "react";

type Typed = { of: string; fields: { name: string; value: string; checked: boolean }[] };

/**
 * Keeps what is typed in the form, in this tab, while a link in it is followed: it is there again when the page is. `name`
 * names the form. What was typed into another `version` of it is dropped.
 */
export function useDraft(name: string, version: string, onRestored: (form: HTMLFormElement) => void) {
  const place = useRef<HTMLDivElement>(null);
  const [isRestored, setRestored] = useState(false);
  const restored = useEffectEvent(onRestored);

  useEffect(() => {
    const form = place.current?.closest("form");
    const typed = take(name);
    const isCurrent = form && typed?.of === version;
    setRestored(Boolean(isCurrent));
    if (!isCurrent) return;
    for (const { name, value, checked } of typed.fields) {
      const input = form.elements.namedItem(name);
      if (input instanceof HTMLInputElement) Object.assign(input, input.type === "checkbox" ? { checked } : { value });
    }
    restored(form);
  }, [name, version]);

  function keep() {
    const inputs = place.current?.closest("form")?.querySelectorAll<HTMLInputElement>("input:not([type=hidden])") ?? [];
    const changed = (input: HTMLInputElement) =>
      input.value !== input.defaultValue || input.checked !== input.defaultChecked;
    if (![...inputs].some(changed)) return;
    const fields = [...inputs].map(({ name, value, checked }) => ({ name, value, checked }));
    store(name, { of: version, fields });
  }

  return { place, keep, isRestored };
}

// A browser may be set to store nothing.
function store(name: string, typed: Typed): void {
  try {
    sessionStorage.setItem(name, JSON.stringify(typed));
  } catch {}
}

function take(name: string): Typed | undefined {
  try {
    const text = sessionStorage.getItem(name);
    sessionStorage.removeItem(name);
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
