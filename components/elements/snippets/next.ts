import { reactComponent } from "./react";
import { apiKeyComment, toStringLiteral, type SnippetConfig, type SnippetFile } from "./snippet";

/** Both sides in one Next.js application: the route that makes the session, and a page with the element. */
export const nextSnippet = (config: SnippetConfig): SnippetFile[] => [
  {
    path: "app/hero-session/route.ts",
    language: "ts",
    code: `// Yours: Hero's id of the patient whom the signed-in person has open, from your own records.
import { heroPatientId } from "./records";

// ${apiKeyComment(config)}
export async function POST(request: Request): Promise<Response> {
  const patientId = await heroPatientId(request);
  if (!patientId) return Response.json({}, { status: 403 });

  const answer = await fetch(${toStringLiteral(`${config.portal}/api/v1/element-sessions`)}, {
    method: "POST",
    headers: {
      authorization: \`Bearer \${process.env.PORTAL_API_KEY}\`,
      "content-type": "application/json",
    },
    body: JSON.stringify({
      placementId: ${toStringLiteral(config.placementId)},
      practiceGroupId: ${toStringLiteral(config.practiceGroupId)},
      patientId,
    }),
    cache: "no-store",
    signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok) return Response.json({}, { status: 502 });

  const { secret } = (await answer.json()) as { secret: string };
  return Response.json({ session: secret }, { headers: { "cache-control": "no-store" } });
}
`,
  },
  {
    path: "app/messages/page.tsx",
    language: "tsx",
    code: `"use client";

${reactComponent(config, "export default")}`,
  },
];
