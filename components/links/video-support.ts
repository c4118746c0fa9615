import type { PracticeView } from "@/server/schemas/practices";

/**
 * Why video links are not offered for a practice; null if they are. The last video link decides, or else
 * what Hero lists: a name that contains "video" is a guess (assumption 18).
 *
 * @param name the practice's name on screens
 */
export function explainNoVideo(
  { capabilities, capabilityChecks }: Pick<PracticeView, "capabilities" | "capabilityChecks">,
  name: string,
): string | null {
  const lastLink = capabilityChecks.find(({ capability }) => capability === "video_links");
  if (lastLink) {
    return lastLink.isAvailable
      ? null
      : `Hero refused the last video link for ${name}. This may have changed since.`;
  }
  return capabilities.some((capability) => /video/i.test(capability))
    ? null
    : `Hero does not list video consultations among the capabilities of ${name}.`;
}
