import { reactComponent } from "./react";
import { apiKeyComment, toStringLiteral, type SnippetConfig, type SnippetFile } from "./snippet";

/** A Next.js route that creates the session, and a page with the element. */
export const nextSnippet = (config: SnippetConfig): SnippetFile[] => [
  {
    path: "app/hero-session/route.ts",
    language: "ts",
    code: `// Your own function: Hero's ID of the patient whose record the signed-in user has open.
import { heroPatientId } from "./records";

// ${apiKeyComment(config)}
export async function POST(request: Request): Promise<Response> {
  const patientId = await heroPatientId(request);
  if (!patientId) return Response.json({}, { status: 403 });

  const response = await fetch(${toStringLiteral(`${config.portal}/api/v1/element-sessions`)}, {
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
  if (!response.ok) return Response.json({}, { status: 502 });

  const { secret } = (await response.json()) as { secret: string };
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
