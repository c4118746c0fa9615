import {
  apiKeyComment,
  toStringLiteral,
  type SnippetConfig,
  type SnippetFile,
  sessionPath,
} from "./snippet";

/** A function that only needs the standard library, for an endpoint in any framework. */
export const pythonSnippet = (config: SnippetConfig): SnippetFile[] => [
  {
    path: "hero_session.py",
    language: "python",
    code: `import json
import os
import urllib.request


# ${apiKeyComment(config)}
def create_session(patient_id: str) -> str:
    """Creates a session for the patient whose record the signed-in user has open.

    Call it in your endpoint POST ${sessionPath} with Hero's patient ID from your own
    records, and return {"session": create_session(patient_id)} with Cache-Control: no-store.
    """
    request = urllib.request.Request(
        ${toStringLiteral(`${config.portal}/api/v1/element-sessions`)},
        method="POST",
        headers={
            "Authorization": f"Bearer {os.environ['PORTAL_API_KEY']}",
            "Content-Type": "application/json",
        },
        data=json.dumps(
            {
                "placementId": ${toStringLiteral(config.placementId)},
                "practiceGroupId": ${toStringLiteral(config.practiceGroupId)},
                "patientId": patient_id,
            }
        ).encode(),
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)["secret"]
`,
  },
];
