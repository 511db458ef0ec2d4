import { useEffect, useRef } from "react";

/**
 * For a field that keeps what was entered before the page came to life, and follows the address, which may change by
 * itself (Back, "Clear filters").
 */
export function useFollowedValue<E extends HTMLInputElement | HTMLSelectElement>(value: string) {
  const field = useRef<E>(null);
  const shown = useRef(value);
  useEffect(() => {
    if (field.current && shown.current !== value) field.current.value = value;
    shown.current = value;
  }, [value]);
  return field;
}
