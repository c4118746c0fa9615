import "server-only";
import { and, eq, type SQL, sql } from "drizzle-orm";
import { db, type Transaction } from "@/db/client";
import { bulkUploads } from "@/db/schema/bulk-uploads";
import { links, linkSearchTerms } from "@/db/schema/links";
import { practices } from "@/db/schema/practices";
import { linkAppointments } from "@/db/schema/webhooks";
import { inScope } from "@/db/scope";
import { addDays, daysBetween, isoWeekdayOf } from "../../schemas/dates";
import type {
  ResultCounts,
  ResultGroup,
  ResultGrouping,
  ResultInterval,
  Results,
  ResultsInput,
  ResultStep,
} from "../../schemas/results";
import { videoLinkSubject } from "../../schemas/links/rules";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { filterConditions } from "../links/filter";
import { tagTerm } from "../links/search-terms";

/** The most links that are counted at once: the newest of the period. */
const maxCountedLinks = 100_000;
/** Rows of the table on the page; the file has more. */
const maxShownGroups = 100;
/** Longer periods are shown by week. */
const maxDaysByDay = 45;

/**
 * The first id that a link created on a UK day can have: ids are UUIDv7, so they begin with the time. The
 * day begins at midnight in the United Kingdom, so the days on which the clocks change have 23 and 25 hours.
 */
const firstIdOf = (day: string) => sql`(lpad(to_hex((extract(epoch from
  ${day}::date::timestamp at time zone 'Europe/London') * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid`;

/** What is counted of a link. A hundred thousand whole rows would not fit into the memory of a query. */
const countedColumns = sql.join(
  [
    links.id,
    links.practiceId,
    links.bulkUploadId,
    links.kind,
    links.patientId,
    links.outcome,
    links.name,
    links.tags,
    links.appointmentTypeName,
    links.formTitle,
    links.createdAt,
    links.opens,
    links.openedAt,
    links.uses,
  ],
  sql`, `,
);

/**
 * The newest links of the period, through the key that has the fewest of them: of the upload, the tag, the
 * practice or all. Other filters are applied to these, so that no query reads more. Each is ordered by its whole
 * key: by ID alone, PostgreSQL would sort every link of the period.
 */
function newestLinks(ctx: TenantContext, input: ResultsInput, maxLinks: number): SQL {
  const { from, to, bulkUploadId, tag, practiceId } = input;
  const end = firstIdOf(addDays(to, 1));
  if (tag && !bulkUploadId) {
    return sql`
      select tagged.* from (
        select ${linkSearchTerms.linkId} as link_id from ${linkSearchTerms}
        where ${inScope(linkSearchTerms, ctx)} and ${linkSearchTerms.term} = ${tagTerm(tag)}
          and ${linkSearchTerms.linkId} >= ${firstIdOf(from)} and ${linkSearchTerms.linkId} < ${end}
        order by ${linkSearchTerms.tenantId} desc, ${linkSearchTerms.environment} desc,
          ${linkSearchTerms.term} desc, ${linkSearchTerms.linkId} desc
        limit ${maxLinks}
      ) as found cross join lateral (
        select ${countedColumns} from ${links} where ${inScope(links, ctx)} and ${links.id} = found.link_id
      ) as tagged`;
  }
  const key = bulkUploadId
    ? { column: links.bulkUploadId, id: bulkUploadId }
    : practiceId
      ? { column: links.practiceId, id: practiceId }
      : undefined;
  return sql`
    select ${countedColumns} from ${links}
    where ${and(inScope(links, ctx), key && eq(key.column, key.id))}
      and ${links.id} >= ${firstIdOf(from)} and ${links.id} < ${end}
    order by ${links.tenantId} desc, ${links.environment} desc, ${key ? sql`${key.column} desc, ` : sql``}${links.id} desc
    limit ${maxLinks}`;
}

const hasTag = (ctx: TenantContext, tag: string) => sql`exists (
  select from ${linkSearchTerms}
  where ${inScope(linkSearchTerms, ctx)} and ${linkSearchTerms.linkId} = ${links.id}
    and ${linkSearchTerms.term} = ${tagTerm(tag)}
)`;

/**
 * All links of a period, or of a practice, follow each other in the key, so their appointments are one range
 * of theirs. Those of a tag or an upload are few among others, and are looked up link by link.
 */
const isAppointmentOfScanned = ({ tag, bulkUploadId }: ResultsInput) =>
  tag || bulkUploadId
    ? sql`${linkAppointments.linkId} = any(array(select id from scanned))`
    : sql`${linkAppointments.linkId} >= (select id from scanned order by id limit 1)
        and ${linkAppointments.linkId} <= (select id from scanned order by id desc limit 1)`;

/**
 * Each counted link as a row with its results: the one place that defines the numbers. A link counts in the
 * period in which it was created, whenever the patient opened it or booked.
 *
 * Opens and uses are polled from Hero, so they lag. An appointment is known once Hero's record was read,
 * after a webhook; without webhooks there are only uses, and nothing is known of cancellations.
 */
function countedLinks(ctx: TenantContext, input: ResultsInput, step: ResultStep, maxLinks: number) {
  const { practiceId, kind, audience, bulkUploadId, tag, from, to } = input;
  // Within the period: a link's row is written a moment after its id, which may be after midnight.
  const createdOn = sql`least((${links.createdAt} at time zone 'Europe/London')::date, ${to}::date)`;
  const startsOn =
    step === "day" ? createdOn : sql`date_trunc('week', ${createdOn}::timestamp)::date`;
  return sql`
    scanned as materialized (${newestLinks(ctx, input, maxLinks)}),
    made as materialized (
      select ${linkAppointments.linkId} as link_id, count(*)::integer as booked,
        (count(*) filter (where ${linkAppointments.state} = 'cancelled'))::integer as cancelled
      from ${linkAppointments}
      where ${inScope(linkAppointments, ctx)} and ${isAppointmentOfScanned(input)}
      group by ${linkAppointments.linkId}
    ),
    counted as materialized (
      select ${links.id} as id, ${links.practiceId} as practice_id, ${links.bulkUploadId} as bulk_upload_id,
        ${links.tags} as tags, ${links.name} as name,
        coalesce(${links.appointmentTypeName}, ${links.formTitle},
          case ${links.kind} when 'video' then ${videoLinkSubject}::text end) as subject,
        greatest(${startsOn}, ${from}::date) as starts_on,
        (${links.opens} > 0 or ${links.openedAt} is not null or ${links.uses} > 0 or made.link_id is not null) as is_opened,
        greatest(${links.opens}, 0) as opens,
        greatest(${links.uses}, made.booked) as bookings,
        coalesce(made.cancelled, 0) as cancellations
      from scanned as ${sql.identifier("links")}
      left join made on made.link_id = ${links.id}
      where ${links.outcome} = 'active'
        and ${filterConditions(ctx, { practiceId, kind, audience, bulkUploadId }) ?? sql`true`}
        and ${tag && bulkUploadId ? hasTag(ctx, tag) : sql`true`}
    )`;
}

const sums = sql`count(*)::integer as created,
  (count(*) filter (where is_opened))::integer as opened,
  (count(*) filter (where bookings > 0))::integer as booked,
  (count(*) filter (where cancellations > 0))::integer as cancelled,
  coalesce(sum(opens), 0)::integer as opens,
  coalesce(sum(bookings), 0)::integer as bookings,
  coalesce(sum(cancellations), 0)::integer as cancellations`;

/** The groups as rows of `id`, `name` and the sums. A link with several tags counts for each of them. */
function groupsOf(ctx: TenantContext, groupBy: ResultGrouping): SQL | null {
  switch (groupBy) {
    case "date":
      return null;
    case "practice":
      return sql`select counted.practice_id::text as id,
          max(coalesce(${practices.nickname}, ${practices.name})) as name, ${sums}
        from counted left join ${practices}
          on ${inScope(practices, ctx)} and ${practices.id} = counted.practice_id
        group by 1`;
    case "bulk_upload":
      return sql`select counted.bulk_upload_id::text as id, max(${bulkUploads.name}) as name, ${sums}
        from counted left join ${bulkUploads}
          on ${inScope(bulkUploads, ctx)} and ${bulkUploads.id} = counted.bulk_upload_id
        group by 1`;
    case "appointment_type":
      return sql`select subject as id, subject as name, ${sums} from counted group by 1`;
    case "tag":
      return sql`select lower(own.tag) as id, max(own.tag) as name, ${sums}
        from counted left join lateral unnest(counted.tags) as own(tag) on true
        group by 1`;
    case "link":
      return sql`select counted.id::text as id, max(coalesce(name, subject)) as name, ${sums}
        from counted group by 1`;
  }
}

type Row = ResultCounts & {
  part: "total" | "interval" | "group";
  id: string | null;
  name: string | null;
  scanned: number;
};

const emptyCounts: ResultCounts = {
  created: 0,
  opened: 0,
  booked: 0,
  cancelled: 0,
  opens: 0,
  bookings: 0,
  cancellations: 0,
};

const toCounts = (row: ResultCounts): ResultCounts => ({
  created: row.created,
  opened: row.opened,
  booked: row.booked,
  cancelled: row.cancelled,
  opens: row.opens,
  bookings: row.bookings,
  cancellations: row.cancellations,
});

/** The days of a period, or the days on which its weeks begin; the first week may be a part of one. */
function startsOfIntervals(from: string, to: string, step: ResultStep): string[] {
  if (step === "day")
    return Array.from({ length: daysBetween(from, to) + 1 }, (_, day) => addDays(from, day));
  const starts = [from];
  for (
    let monday = addDays(from, 8 - isoWeekdayOf(from));
    monday <= to;
    monday = addDays(monday, 7)
  )
    starts.push(monday);
  return starts;
}

type CountLimits = { maxLinks?: number; maxGroups?: number };

/** Results within a transaction that is open; `countResults` checks the permission. */
export async function countResultsIn(
  tx: Transaction,
  ctx: TenantContext,
  input: ResultsInput,
  { maxLinks = maxCountedLinks, maxGroups = maxShownGroups }: CountLimits = {},
): Promise<Results> {
  const { from, to, groupBy } = input;
  const step = daysBetween(from, to) < maxDaysByDay ? "day" : "week";
  const groups = groupsOf(ctx, groupBy);
  const rows = await tx.execute<Row>(sql`
    with ${countedLinks(ctx, input, step, maxLinks)}
    select 'total' as part, null as id, null as name, (select count(*)::integer from scanned) as scanned, ${sums}
    from counted
    union all
    select 'interval', starts_on::text, null, 0, ${sums} from counted group by starts_on
    ${
      groups
        ? sql`union all (
            select 'group', id, name, 0, created, opened, booked, cancelled, opens, bookings, cancellations
            from (${groups}) as of_group
            order by created desc, bookings desc, name, id limit ${maxGroups + 1}
          )`
        : sql``
    }
  `);
  const total = rows.find(({ part }) => part === "total");
  const byStart = new Map(
    rows.filter(({ part }) => part === "interval").map((row) => [row.id, row] as const),
  );
  const foundGroups = rows
    .filter(({ part }) => part === "group")
    .map((row): ResultGroup => ({ id: row.id, name: row.name, ...toCounts(row) }));
  return {
    totals: total ? toCounts(total) : emptyCounts,
    step,
    intervals: startsOfIntervals(from, to, step).map((startsOn): ResultInterval => {
      const row = byStart.get(startsOn);
      return { startsOn, ...(row ? toCounts(row) : emptyCounts) };
    }),
    groups: foundGroups.slice(0, maxGroups),
    hasMoreGroups: foundGroups.length > maxGroups,
    isTruncated: (total?.scanned ?? 0) >= maxLinks,
  };
}

/** What the links of a period led to: in all, by day or week, and by group. */
export async function countResults(
  ctx: TenantContext,
  input: ResultsInput,
  limits: CountLimits = {},
): Promise<Results> {
  requirePermission(ctx, "links.read");
  return db.read(ctx, (tx) => countResultsIn(tx, ctx, input, limits));
}
