import {
  apiKeyComment,
  toStringLiteral,
  type SnippetConfig,
  type SnippetFile,
  sessionPath,
} from "./snippet";

/** A server without dependencies. */
export const nodeSnippet = (config: SnippetConfig): SnippetFile[] => [
  {
    path: "hero-session.mjs",
    language: "js",
    code: `import { createServer } from "node:http";
// Your own function: Hero's ID of the patient whose record the signed-in user has open.
import { heroPatientId } from "./records.mjs";

// ${apiKeyComment(config)}
async function createSession(patientId) {
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
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(\`The portal returned \${response.status}.\`);
  const { secret } = await response.json();
  return secret;
}

const server = createServer(async (request, response) => {
  const send = (status, body) => {
    response.writeHead(status, {
      "content-type": "application/json",
      "cache-control": "no-store",
    });
    response.end(JSON.stringify(body));
  };

  if (request.method !== "POST" || request.url !== "${sessionPath}") return send(404, {});
  try {
    const patientId = await heroPatientId(request);
    if (!patientId) return send(403, {});
    send(200, { session: await createSession(patientId) });
  } catch (error) {
    console.error(error.message);
    send(502, {});
  }
});

server.listen(process.env.PORT ?? 3001);
`,
  },
];
