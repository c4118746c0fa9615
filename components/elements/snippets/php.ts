import { apiKeyComment, type SnippetConfig, type SnippetFile, sessionPath } from "./snippet";

/** A function without dependencies, for an endpoint in any framework. */
export const phpSnippet = (config: SnippetConfig): SnippetFile[] => [
  {
    path: "hero-session.php",
    language: "php",
    code: `<?php

declare(strict_types=1);

// ${apiKeyComment(config)}

/**
 * Creates a session for the patient whose record the signed-in user has open.
 *
 * Call it in your endpoint POST ${sessionPath} with Hero's patient ID from your own records, and
 * return {"session": "…"} with Cache-Control: no-store.
 */
function createHeroSession(string $patientId): string
{
    $response = file_get_contents('${config.portal}/api/v1/element-sessions', false, stream_context_create([
        'http' => [
            'method' => 'POST',
            'header' => [
                'Authorization: Bearer ' . getenv('PORTAL_API_KEY'),
                'Content-Type: application/json',
            ],
            'content' => json_encode([
                'placementId' => '${config.placementId}',
                'practiceGroupId' => '${config.practiceGroupId}',
                'patientId' => $patientId,
            ], JSON_THROW_ON_ERROR),
            'timeout' => 10,
        ],
    ]));
    if ($response === false) {
        throw new RuntimeException('The portal did not create a session.');
    }
    return json_decode($response, true, flags: JSON_THROW_ON_ERROR)['secret'];
}
`,
  },
];
