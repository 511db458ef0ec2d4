type JobDefinition = { label: string; help: string; lines: string[] };

const curl = "curl --fail --silent --show-error";

/** Ready jobs for this access token. `origin` is the audience of their ID tokens. */
export function jobDefinitions(tokenId: string, origin: string): JobDefinition[] {
  const api = `${origin}/api/v2.0`;
  return [
    {
      label: "GitLab CI",
      help: "For .gitlab-ci.yml. The job’s image needs curl.",
      lines: [
        "vehaas:",
        "  id_tokens:",
        "    VEHAAS_ID_TOKEN:",
        `      aud: ${origin}`,
        "  script:",
        "    - |",
        ...indent(6, exchange("$VEHAAS_ID_TOKEN", tokenId, api)),
        `      ${self("$token", api)}`,
      ],
    },
    {
      label: "GitHub Actions",
      help: "For a workflow. The permission id-token: write lets the job ask for its ID token.",
      lines: [
        "jobs:",
        "  vehaas:",
        "    runs-on: ubuntu-latest",
        "    permissions:",
        "      id-token: write",
        "      contents: read",
        "    steps:",
        "      - name: Get a secret of veHaaS",
        "        run: |",
        ...indent(10, [
          `answer=$(${curl} --header "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" \\`,
          `  "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=${encodeURIComponent(origin)}")`,
          `id_token=$(printf %s "$answer" | ${memberIn("value")})`,
          'echo "::add-mask::$id_token"',
          ...exchange("$id_token", tokenId, api),
          'echo "::add-mask::$token"',
          'echo "VEHAAS_TOKEN=$token" >> "$GITHUB_ENV"',
        ]),
        "      - name: Call the veHaaS API",
        "        run: |",
        `          ${self("$VEHAAS_TOKEN", api)}`,
      ],
    },
  ];
}

/** Sets `token`. The ID token goes through a pipe: arguments of processes can be seen by others. */
function exchange(idToken: string, tokenId: string, api: string): string[] {
  const type = "urn:ietf:params:oauth";
  return [
    `answer=$(printf %s "${idToken}" | ${curl} \\`,
    `  --data grant_type=${type}:grant-type:token-exchange \\`,
    `  --data subject_token_type=${type}:token-type:id_token \\`,
    `  --data client_id=${tokenId} \\`,
    "  --data-urlencode subject_token@- \\",
    `  ${api}/oauth/token)`,
    `token=$(printf %s "$answer" | ${memberIn("access_token")})`,
  ];
}

/** A member of a JSON object, without a tool that images may lack. */
function memberIn(name: string): string {
  return `sed 's/.*"${name}" *: *"\\([^"]*\\)".*/\\1/'`;
}

function self(secret: string, api: string): string {
  return `${curl} --header "private-token: ${secret}" ${api}/access-tokens/self`;
}

function indent(spaces: number, lines: readonly string[]): string[] {
  return lines.map((line) => `${" ".repeat(spaces)}${line}`);
}
