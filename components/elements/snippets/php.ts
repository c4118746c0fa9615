import { apiKeyComment, type SnippetConfig, type SnippetFile, sessionPath } from "./snippet";

/** A function without a package, for an endpoint of any framework. */
export const phpSnippet = (config: SnippetConfig): SnippetFile[] => [
  {
    path: "hero-session.php",
    language: "php",
    code: `<?php

declare(strict_types=1);

// ${apiKeyComment(config)}

/**
 * Makes a session for the patient whom the signed-in person has open.
 *
 * Call it in your endpoint POST ${sessionPath}, with Hero's patient id from your own records, and
 * answer {"session": "…"} with Cache-Control: no-store.
 */
function makeHeroSession(string $patientId): string
{
    $answer = file_get_contents('${config.portal}/api/v1/element-sessions', false, stream_context_create([
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
    if ($answer === false) {
        throw new RuntimeException('The portal made no session.');
    }
    return json_decode($answer, true, flags: JSON_THROW_ON_ERROR)['secret'];
}
`,
  },
];
