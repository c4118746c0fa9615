import {
  apiKeyComment,
  toStringLiteral,
  type SnippetConfig,
  type SnippetFile,
  sessionPath,
} from "./snippet";

/** A class for ASP.NET Core: `builder.Services.AddHttpClient<HeroSessions>()`. */
export const csharpSnippet = (config: SnippetConfig): SnippetFile[] => [
  {
    path: "HeroSessions.cs",
    language: "csharp",
    code: `using System.Net.Http.Headers;
using System.Net.Http.Json;

// ${apiKeyComment(config)}
/// <summary>Register it with <c>builder.Services.AddHttpClient&lt;HeroSessions&gt;()</c>.</summary>
public sealed class HeroSessions(HttpClient http)
{
    private sealed record Session(string Secret);

    /// <summary>
    /// Creates a session for the patient whose record the signed-in user has open. Call it in your
    /// endpoint POST ${sessionPath} with Hero's patient ID from your own records, and return
    /// { "session": "…" } with Cache-Control: no-store.
    /// </summary>
    public async Task<string> CreateAsync(string patientId, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            ${toStringLiteral(`${config.portal}/api/v1/element-sessions`)})
        {
            Content = JsonContent.Create(new
            {
                placementId = ${toStringLiteral(config.placementId)},
                practiceGroupId = ${toStringLiteral(config.practiceGroupId)},
                patientId,
            }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            Environment.GetEnvironmentVariable("PORTAL_API_KEY"));
        using var response = await http.SendAsync(request, cancellation);
        response.EnsureSuccessStatusCode();
        var session = await response.Content.ReadFromJsonAsync<Session>(cancellation);
        return session!.Secret;
    }
}
`,
  },
];
