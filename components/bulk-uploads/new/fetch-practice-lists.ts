import { portalClient, toCallFailure } from "@/components/client";
import type { PortalScope } from "@/components/shell/portal-path";
import type { BulkUploadKind } from "@/server/schemas/bulk-uploads";
import type { PracticeOption } from "@/server/schemas/practices";
import type { PracticeLists } from "../reader/name-lookup";

/** The lists that links of this kind need. Never throws: a failure is returned as `problem`. */
export async function fetchPracticeLists(
  scope: PortalScope,
  kind: BulkUploadKind,
  practice: PracticeOption,
): Promise<PracticeLists> {
  const client = portalClient(scope.tenant, scope.environment);
  const practiceId = practice.id;
  const emptyLists = {
    ...practice,
    problem: null,
    appointmentTypes: [],
    locations: [],
    practitioners: [],
    forms: [],
  };
  try {
    if (kind === "form") {
      const forms = await client.forms.list.query({ practiceId });
      return { ...emptyLists, forms: forms.map(({ id, title }) => ({ id, name: title })) };
    }
    return { ...emptyLists, ...(await client.practices.bookingOptions.query({ practiceId })) };
  } catch (error) {
    const { message } = toCallFailure(error);
    return {
      ...emptyLists,
      problem: `Could not load the options of ${practice.name} from Hero. ${message}`,
    };
  }
}

const maxConcurrent = 3;

export async function fetchAllPracticeLists(
  practices: readonly PracticeOption[],
  fetchLists: (practice: PracticeOption) => Promise<PracticeLists>,
): Promise<PracticeLists[]> {
  const lists: PracticeLists[] = [];
  for (let start = 0; start < practices.length; start += maxConcurrent) {
    lists.push(
      ...(await Promise.all(practices.slice(start, start + maxConcurrent).map(fetchLists))),
    );
  }
  return lists;
}
