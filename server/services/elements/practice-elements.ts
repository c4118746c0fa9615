import "server-only";
import { listElements } from "../../hero/practice";
import { isKnownElement } from "../../schemas/element-catalogue";
import type {
  AssignedElement,
  PracticeElements,
  PracticeElementsInput,
} from "../../schemas/elements";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { fetchFromHero } from "../hero-calls/fetch";

const maxRawLength = 4_000;

/**
 * One assignment. Hero does not document the content of `element`: an assignment counts as a catalogue
 * element when one of its texts is exactly that element's tag, otherwise as unknown.
 */
function toAssignedElement(assignment: unknown): AssignedElement {
  const fields = assignment && typeof assignment === "object" ? assignment : {};
  const element = "element" in fields && fields.element ? Object.values(fields.element) : [];
  const tag = element.find(
    (value): value is string => typeof value === "string" && isKnownElement(value),
  );
  const version = "version" in fields && typeof fields.version === "string" ? fields.version : null;
  return {
    tag: tag ?? null,
    version,
    raw: JSON.stringify(assignment, null, 2).slice(0, maxRawLength),
  };
}

/**
 * The elements assigned to a practice, read from Hero now.
 * @throws NotFoundError, HeroError
 */
export async function listPracticeElements(
  ctx: TenantContext,
  input: PracticeElementsInput,
): Promise<PracticeElements> {
  requirePermission(ctx, "elements.read");
  const assigned = await fetchFromHero(ctx, input.practiceId, (hero) => listElements(hero));
  return { items: assigned.slice(0, 100).map(toAssignedElement) };
}
