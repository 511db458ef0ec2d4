/** For inputs and selects. 16 px on touch screens, because iOS zooms in on focus below that. */
export const controlClass =
  "h-control w-full min-w-0 rounded-md border border-control-border bg-surface px-2.5 text-body text-text " +
  "placeholder:text-muted hover:border-muted focus-visible:outline-offset-0 aria-invalid:border-red " +
  "disabled:cursor-default disabled:opacity-60 pointer-coarse:text-heading";
