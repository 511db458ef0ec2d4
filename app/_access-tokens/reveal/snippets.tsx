import { CopyField } from "@/components/copy-field";
import { PanelTabs } from "@/components/ui/panel-tabs";

type Snippet = { label: string; help: string; lines: readonly string[] };

/** Only ".env" contains the secret: the other lines belong into files and histories that others read. */
function snippetsFor(secret: string, url: string): Snippet[] {
  const call = `curl --fail -H "private-token: $VEHAAS_TOKEN" ${url}`;
  return [
    {
      label: "curl",
      help: "With the token in the environment variable VEHAAS_TOKEN.",
      lines: [call],
    },
    {
      label: ".env",
      help: "Contains the token: keep the file out of version control.",
      lines: [`VEHAAS_TOKEN=${secret}`],
    },
    {
      label: "GitLab CI",
      help: "For .gitlab-ci.yml, with the token in the masked CI/CD variable VEHAAS_TOKEN.",
      lines: ["vehaas:", "  script:", `    - '${call}'`],
    },
    {
      label: "GitHub Actions",
      help: "For a step of a workflow, with the token in the Actions secret VEHAAS_TOKEN.",
      lines: [
        "- name: Call the veHaaS API",
        `  run: '${call}'`,
        "  env:",
        "    VEHAAS_TOKEN: ${" + "{ secrets.VEHAAS_TOKEN }}",
      ],
    },
  ];
}

/** Ready lines for what calls the API. Copying the line with the secret counts as copying the secret. */
export function Snippets({ secret, onCopied }: { secret: string; onCopied: () => void }) {
  const url = `${window.location.origin}/api/v2.0/access-tokens/self`;
  const panels = snippetsFor(secret, url).map(({ label, help, lines }) => ({
    label,
    content: (
      <div className="flex flex-col gap-2">
        <p className="text-small text-muted">{help}</p>
        <CopyField
          label={`Lines for ${label}`}
          hidesLabel
          value={lines.join("\n")}
          onCopied={label === ".env" ? onCopied : undefined}
        />
      </div>
    ),
  }));
  return <PanelTabs label="Ready lines" panels={panels} />;
}
