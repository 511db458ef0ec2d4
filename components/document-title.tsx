/** The browser tab's title: what the page shows, then what that belongs to. React moves it into the head. */
export function DocumentTitle({ parts }: { parts: readonly string[] }) {
  return <title>{[...parts, "veHaaS"].join(" · ")}</title>;
}
