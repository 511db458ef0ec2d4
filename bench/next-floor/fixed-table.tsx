"use client";

import type { ComponentProps } from "react";
import { TokenTable } from "@/app/_access-tokens/list/token-table";

/** In the browser too, as the list is. Its checkboxes select nothing. */
export function FixedTable(props: Omit<ComponentProps<typeof TokenTable>, "onSelect">) {
  return <TokenTable {...props} onSelect={() => {}} />;
}
