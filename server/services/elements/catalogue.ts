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
import { readHero } from "../hero/access";

const longestRaw = 4_000;

/**
 * One assignment as people see it. What `element` holds inside is not documented: an assignment is taken
 * for an element of the catalogue when a text in it is exactly that element's tag, and for unknown otherwise.
 */
function describe(assignment: unknown): AssignedElement {
  const given = assignment && typeof assignment === "object" ? assignment : {};
  const element = "element" in given && given.element ? Object.values(given.element) : [];
  const tag = element.find(
    (value): value is string => typeof value === "string" && isKnownElement(value),
  );
  const version = "version" in given && typeof given.version === "string" ? given.version : null;
  return {
    tag: tag ?? null,
    version,
    raw: JSON.stringify(assignment, null, 2).slice(0, longestRaw),
  };
}

/**
 * The elements Hero has assigned to a practice, read now.
 * @throws NotFoundError, HeroError
 */
export async function readPracticeElements(
  ctx: TenantContext,
  input: PracticeElementsInput,
): Promise<PracticeElements> {
  requirePermission(ctx, "elements.read");
  const assigned = await readHero(ctx, input.practiceId, (hero) => listElements(hero));
  return { items: assigned.slice(0, 100).map(describe) };
}
