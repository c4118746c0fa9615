import { curlOf } from "@/components/sharing/curl";
import { keyNote, type SnippetFacts, type SnippetFile } from "./snippet";

/** One call, to see what comes back. */
export const curlSnippet = (facts: SnippetFacts): SnippetFile[] => [
  {
    file: "hero-session.sh",
    language: "shell",
    code: `# ${keyNote(facts)}
# HERO_PATIENT_ID stands for Hero's id of the patient, from your own records.
${curlOf({
  url: `${facts.portal}/api/v1/element-sessions`,
  headers: ["authorization: Bearer $PORTAL_API_KEY"],
  body: {
    placementId: facts.placementId,
    practiceGroupId: facts.practiceGroupId,
    patientId: "HERO_PATIENT_ID",
  },
})}
`,
  },
];
