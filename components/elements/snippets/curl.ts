import { formatCurlCommand } from "@/components/sharing/curl";
import { apiKeyComment, type SnippetConfig, type SnippetFile } from "./snippet";

export const curlSnippet = (config: SnippetConfig): SnippetFile[] => [
  {
    path: "hero-session.sh",
    language: "shell",
    code: `# ${apiKeyComment(config)}
# Replace HERO_PATIENT_ID with Hero's patient ID from your own records.
${formatCurlCommand({
  url: `${config.portal}/api/v1/element-sessions`,
  headers: ["authorization: Bearer $PORTAL_API_KEY"],
  body: {
    placementId: config.placementId,
    practiceGroupId: config.practiceGroupId,
    patientId: "HERO_PATIENT_ID",
  },
})}
`,
  },
];
