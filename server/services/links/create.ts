import "server-only";
import { and, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { db, type Transaction } from "@/db/client";
import { links } from "@/db/schema/links";
import { fingerprint } from "../../crypto/tokens";
import { ConflictError, InvalidInputError } from "../../errors";
import { type CreatedBookingLink, createBookingLink } from "../../hero/booking-links";
import type { HeroError } from "../../hero/errors";
import type { CreateBookingLinkInput, LinkView } from "../../schemas/links";
import type { BookingOptions } from "../../schemas/practices";
import type { TenantContext } from "../../tenancy/context";
import { requirePermission } from "../../tenancy/permissions";
import { recordAudit } from "../audit";
import {
  callHeroFor,
  type HeroOutcome,
  loadReachablePractice,
  type ReachablePractice,
  settleHeroCalls,
} from "../hero/access";
import { getBookingOptions } from "../practices/read";
import { getLinkView } from "./view";

const inputOfHeroField: Record<string, keyof CreateBookingLinkInput | undefined> = {
  appointment_type_id: "appointmentTypeId",
  location_id: "locationId",
  practitioner_id: "practitionerId",
  patient_id: "patientId",
  from_date: "slotsFrom",
  to_date: "slotsTo",
  expiry_date: "expiresOn",
  maximum_use_count: "maximumUses",
};

type Names = { appointmentTypeName: string; locationName: string; practitionerName: string | null };

/** The chosen parts by name; undefined unless each is on Hero's list. */
function nameParts(
  options: BookingOptions | null,
  input: CreateBookingLinkInput,
): Names | undefined {
  const type = options?.appointmentTypes.find(({ id }) => id === input.appointmentTypeId);
  const location = options?.locations.find(({ id }) => id === input.locationId);
  const practitioner = options?.practitioners.find(({ id }) => id === input.practitionerId);
  if (!type || !location || (input.practitionerId && !practitioner)) return undefined;
  return {
    appointmentTypeName: type.name,
    locationName: location.name,
    practitionerName: practitioner?.name ?? null,
  };
}

/** Reads Hero's lists again, for parts that the kept ones do not have. @throws InvalidInputError */
async function nameFreshParts(ctx: TenantContext, input: CreateBookingLinkInput): Promise<Names> {
  const options = await getBookingOptions(ctx, { practiceId: input.practiceId });
  const names = nameParts(options, input);
  if (names) return names;
  const isOn = (list: { id: string }[], id: string | undefined) =>
    list.some((item) => item.id === id);
  if (!isOn(options.appointmentTypes, input.appointmentTypeId)) {
    throw new InvalidInputError("appointmentTypeId", "Hero no longer lists this appointment type.");
  }
  if (!isOn(options.locations, input.locationId)) {
    throw new InvalidInputError("locationId", "Hero no longer lists this location.");
  }
  throw new InvalidInputError("practitionerId", "Hero no longer lists this practitioner.");
}

async function findRepeat(tx: Transaction, ctx: TenantContext, operationId: string) {
  const [row] = await tx
    .select({ id: links.id, environment: links.environment, requestHash: links.requestHash })
    .from(links)
    .where(and(eq(links.tenantId, ctx.tenantId), eq(links.operationId, operationId)));
  return row;
}

/** The link of a form that was sent before. @throws ConflictError when the form said something else */
async function answerRepeat(
  tx: Transaction,
  ctx: TenantContext,
  repeat: NonNullable<Awaited<ReturnType<typeof findRepeat>>>,
  requestHash: string,
): Promise<LinkView> {
  if (repeat.environment !== ctx.environment || repeat.requestHash !== requestHash) {
    throw new ConflictError(
      "This form was sent before with other values, and its link was made then. Open a new form.",
    );
  }
  return getLinkView(tx, ctx, repeat.id);
}

async function insertPending(
  tx: Transaction,
  ctx: TenantContext,
  input: CreateBookingLinkInput,
  names: Names,
  requestHash: string,
): Promise<string | undefined> {
  const id = uuidv7();
  const { operationId, practiceId, ...fields } = input;
  const [made] = await tx
    .insert(links)
    .values({
      ...fields,
      ...names,
      tenantId: ctx.tenantId,
      environment: ctx.environment,
      id,
      operationId,
      requestHash,
      practiceId,
      outcome: "pending",
      createdBy: ctx.actor.kind === "person" ? ctx.actor.userId : ctx.tenantId,
    })
    .onConflictDoNothing({ target: [links.tenantId, links.operationId] })
    .returning({ id: links.id });
  return made?.id;
}

function outcomeOf(outcome: HeroOutcome<CreatedBookingLink>, practice: ReachablePractice) {
  if (outcome.ok) {
    return {
      action: "link.created",
      row: {
        outcome: "active",
        url: outcome.result.url,
        heroLinkId: outcome.result.id,
        refreshedAt: new Date(),
      },
    } as const;
  }
  const { error } = outcome;
  if (error.isDone === "no") {
    return {
      action: "link.failed",
      row: { outcome: "failed", failure: explain(error, practice), failureCode: error.code },
    } as const;
  }
  return {
    action: "link.unknown",
    row: {
      outcome: "unknown",
      failure: `${error.message} A link may exist at ${practice.name}. Check with the practice before making another.`,
      failureCode: error.code,
    },
  } as const;
}

function explain(error: HeroError, practice: ReachablePractice): string {
  const fields: string[] = [];
  for (const field of error.details.fields ?? []) {
    const input = inputOfHeroField[field];
    if (input) fields.push(fieldNames[input] ?? input);
  }
  const about = fields.length > 0 ? ` It named: ${[...new Set(fields)].join(", ")}.` : "";
  if (error.code === "unauthorised") {
    return `${error.message} Replace the key of ${practice.name}. No link was made.`;
  }
  return `${error.message}${about} No link was made.`;
}

const fieldNames: Partial<Record<keyof CreateBookingLinkInput, string>> = {
  appointmentTypeId: "appointment type",
  locationId: "location",
  practitionerId: "practitioner",
  patientId: "patient id",
  slotsFrom: "first day",
  slotsTo: "last day",
  expiresOn: "expiry",
  maximumUses: "uses",
};

/**
 * Makes one booking link, at most once for an operation id: a pending row first, then the one call to
 * Hero, then what came of it. Hero's refusal or silence is not an error here: the link comes back as
 * `failed` or `unknown` with its reason, and stands in the ledger so.
 *
 * Sending the same form again gives the same link, in whatever state it is by then.
 *
 * @throws NotFoundError unless the practice is on this tenant's list in this environment
 * @throws InvalidInputError when Hero does not list a chosen part
 * @throws ConflictError when the operation id was used for something else
 * @throws HeroError when Hero's lists have to be read first and cannot be; nothing is written then
 */
export async function createLink(
  ctx: TenantContext,
  input: CreateBookingLinkInput,
): Promise<LinkView> {
  requirePermission(ctx, "links.create");
  const { operationId, ...asked } = input;
  const requestHash = fingerprint(JSON.stringify(asked));

  const open = async (fresh?: Names) =>
    db.tenant(ctx, async (tx) => {
      const practice = await loadReachablePractice(tx, ctx, input.practiceId);
      const names = fresh ?? nameParts(practice.bookingOptions, input);
      const linkId = names && (await insertPending(tx, ctx, input, names, requestHash));
      if (!linkId) {
        const repeat = await findRepeat(tx, ctx, operationId);
        return { practice, repeat: repeat && (await answerRepeat(tx, ctx, repeat, requestHash)) };
      }
      const subject = { type: "link", id: linkId, label: practice.name } as const;
      await recordAudit(tx, ctx, "link.requested", subject, { operationId });
      return { practice, linkId, subject };
    });

  let opened = await open();
  // Parts that the kept lists do not name are looked for in Hero's lists of now, outside a transaction.
  if (!opened.linkId && !opened.repeat) opened = await open(await nameFreshParts(ctx, input));
  if (opened.repeat) return opened.repeat;
  const { practice, linkId, subject } = opened;
  if (!linkId || !subject) throw new Error("A link was neither opened nor found.");

  const outcome = await callHeroFor(ctx, practice, (hero) =>
    createBookingLink(hero, {
      appointment_type_id: input.appointmentTypeId,
      location_id: input.locationId,
      practitioner_id: input.practitionerId,
      patient_id: input.patientId,
      from_date: input.slotsFrom,
      to_date: input.slotsTo,
      expiry_date: input.expiresOn,
      maximum_use_count: input.maximumUses,
    }),
  );
  const { action, row } = outcomeOf(outcome, practice);
  return db.tenant(ctx, async (tx) => {
    await tx
      .update(links)
      .set(row)
      .where(
        and(
          eq(links.tenantId, ctx.tenantId),
          eq(links.environment, ctx.environment),
          eq(links.id, linkId),
        ),
      );
    await recordAudit(tx, ctx, action, subject, {
      operationId,
      errorCode: outcome.ok ? null : outcome.error.code,
      upstreamStatus: outcome.ok ? null : (outcome.error.details.status ?? null),
    });
    await settleHeroCalls(tx, ctx, practice, outcome.records);
    return getLinkView(tx, ctx, linkId);
  });
}
