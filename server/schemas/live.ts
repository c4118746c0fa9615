/** What an open page can wait for changes of. */
export const liveTopics = [
  "links",
  "bulk_uploads",
  "deliveries",
  "destinations",
  "practices",
] as const;
export type LiveTopic = (typeof liveTopics)[number];
