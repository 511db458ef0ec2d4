/** A command to try, which takes the secret from the environment so that it stays out of the shell's history. */
export function CurlExample() {
  const url = `${window.location.origin}/api/v2.0/access-tokens/self`;
  return (
    <div className="flex flex-col gap-1">
      <p className="text-small text-muted">Try it, with the token in the environment variable VEHAAS_TOKEN:</p>
      <pre className="rounded-md bg-hover px-3 py-2 font-mono text-label whitespace-pre-wrap wrap-anywhere">
        <code>{`curl -H "private-token: $VEHAAS_TOKEN" ${url}`}</code>
      </pre>
    </div>
  );
}
