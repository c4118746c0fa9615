import { reactComponent } from "./react";
import { keyNote, literal, type SnippetFacts, type SnippetFile } from "./snippet";

/** Both sides in one Next.js application: the route that makes the session, and a page with the element. */
export const nextSnippet = (facts: SnippetFacts): SnippetFile[] => [
  {
    file: "app/hero-session/route.ts",
    language: "ts",
    code: `// Yours: Hero's id of the patient whom the signed-in person has open, from your own records.
import { heroPatientId } from "./records";

// ${keyNote(facts)}
export async function POST(request: Request): Promise<Response> {
  const patientId = await heroPatientId(request);
  if (!patientId) return Response.json({}, { status: 403 });

  const answer = await fetch(${literal(`${facts.portal}/api/v1/element-sessions`)}, {
    method: "POST",
    headers: {
      authorization: \`Bearer \${process.env.PORTAL_API_KEY}\`,
      "content-type": "application/json",
    },
    body: JSON.stringify({
      placementId: ${literal(facts.placementId)},
      practiceGroupId: ${literal(facts.practiceGroupId)},
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
    file: "app/messages/page.tsx",
    language: "tsx",
    code: `"use client";

${reactComponent(facts, "export default")}`,
  },
];
