import { portalClient, readFailure } from "@/components/client";
import type { Place } from "@/components/shell/portal-path";
import type { LinkKind } from "@/server/schemas/links";
import type { PracticeOption } from "@/server/schemas/practices";
import type { PracticeLists } from "../reader/catalogue";

/** Hero's lists of a practice, as far as links of this kind need them; a failure is a reason, not a throw. */
export async function loadLists(
  place: Place,
  kind: LinkKind,
  practice: PracticeOption,
): Promise<PracticeLists> {
  const portal = portalClient(place.tenant, place.environment);
  const practiceId = practice.id;
  const none = {
    ...practice,
    problem: null,
    appointmentTypes: [],
    locations: [],
    practitioners: [],
    forms: [],
  };
  try {
    if (kind === "form") {
      const forms = await portal.forms.list.query({ practiceId });
      return { ...none, forms: forms.map(({ id, title }) => ({ id, name: title })) };
    }
    return { ...none, ...(await portal.practices.bookingOptions.query({ practiceId })) };
  } catch (error) {
    const { message } = readFailure(error);
    return { ...none, problem: `Hero's lists of ${practice.name} could not be read. ${message}` };
  }
}

const atOnce = 3;

/** The lists of several practices, few at a time; each is read once. */
export async function loadAllLists(
  practices: readonly PracticeOption[],
  load: (practice: PracticeOption) => Promise<PracticeLists>,
): Promise<PracticeLists[]> {
  const lists: PracticeLists[] = [];
  for (let start = 0; start < practices.length; start += atOnce) {
    lists.push(...(await Promise.all(practices.slice(start, start + atOnce).map(load))));
  }
  return lists;
}
