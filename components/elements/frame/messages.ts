/** Posted by the frame to its parent (`embed/frame.ts`). */
export type FrameMessage =
  | { type: "hero:ready"; expiresIn: number }
  | { type: "hero:event"; name: string; data: unknown }
  | { type: "hero:warning" }
  | { type: "hero:error"; code: string }
  | { type: "hero:height"; height: number };

/** Null for any other message. */
export function parseFrameMessage(message: unknown): FrameMessage | null {
  if (typeof message !== "object" || message === null || !("type" in message)) return null;
  const detail: unknown = "detail" in message ? message.detail : null;
  const fields: Record<string, unknown> =
    typeof detail === "object" && detail !== null ? { ...detail } : {};
  const { expiresIn, name, code, height } = fields;
  switch (message.type) {
    case "hero:ready":
      return typeof expiresIn === "number" ? { type: message.type, expiresIn } : null;
    case "hero:event":
      return typeof name === "string" ? { type: message.type, name, data: fields.data } : null;
    case "hero:warning":
      return { type: message.type };
    case "hero:error":
      return typeof code === "string" ? { type: message.type, code } : null;
    case "hero:height":
      return typeof height === "number" ? { type: message.type, height } : null;
    default:
      return null;
  }
}
