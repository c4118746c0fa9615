import { listDeliveriesInput } from "@/server/schemas/webhook-deliveries";

/** The filters in the address of the page. */
export type DeliveryQuery = {
  practice: string | undefined;
  type: string | undefined;
  state: string | undefined;
  late: string | undefined;
  period: string | undefined;
};

type PageQuery = Record<string, string | string[] | undefined>;

const { eventType, state, period, cursor } = listDeliveriesInput.shape;

/** The filters of a page's address. Invalid ones are left out, so that a bad address shows every delivery. */
export function parseDeliveryQuery(query: PageQuery, practiceId: string | undefined) {
  const filters = {
    practiceId,
    eventType: eventType.safeParse(query.type).data,
    isLate: query.late === "yes" ? true : undefined,
    period: period.safeParse(query.period).data,
  };
  const selectedState = state.safeParse(query.state).data;
  return {
    filters,
    state: selectedState,
    cursor: cursor.safeParse(query.cursor).data,
    query: {
      practice: practiceId,
      type: filters.eventType,
      state: selectedState,
      late: filters.isLate ? "yes" : undefined,
      period: filters.period,
    } satisfies DeliveryQuery,
  };
}
