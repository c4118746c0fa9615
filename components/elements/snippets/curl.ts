import { formatCurlCommand } from "@/components/sharing/curl";
import { apiKeyComment, type SnippetConfig, type SnippetFile } from "./snippet";

/** One call, to see what comes back. */
export const curlSnippet = (config: SnippetConfig): SnippetFile[] => [
  {
    path: "hero-session.sh",
    language: "shell",
    code: `# ${apiKeyComment(config)}
# HERO_PATIENT_ID stands for Hero's id of the patient, from your own records.
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
