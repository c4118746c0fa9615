import "server-only";

export const apiKeyActor = (apiKeyName: string) => `API key: ${apiKeyName}`;

/** Who did something: a person, an API key, or the portal itself. */
export const actorName = (userName: string | null, apiKeyName: string | null): string =>
  userName ?? (apiKeyName ? apiKeyActor(apiKeyName) : "Portal");
