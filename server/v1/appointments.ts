import "server-only";
import { z } from "zod";
import {
  createAppointmentBody,
  idempotencyKey,
  listSlotsBody,
  toAppointmentResource,
  toSlotResources,
} from "../schemas/api-v1";
import { pathId } from "../schemas/text";
import { createAppointmentByApi, listSlotsByApi } from "../services/appointments/api";
import { getAppointment } from "../services/appointments/read";
import { deriveOperationId } from "../services/links/api";
import { passingErrorCodes } from "../services/links/reserve";
import { handleApiRequest, parseBody, parsePart } from "./handle-request";
import { isRetryable, ProblemError } from "./problems";

/** Slots and appointments. Each parses its request, calls one service and shapes the response. */

export const listSlots = (request: Request) =>
  handleApiRequest(request, "v1.slots.list", "appointments.book", async (ctx) => {
    const body = await parseBody(request, listSlotsBody);
    return { status: 200, body: toSlotResources(await listSlotsByApi(ctx, body)) };
  });

/** After a failure that passes by itself. */
const retryAfterSeconds = 10;

export const createAppointment = (request: Request) =>
  handleApiRequest(request, "v1.appointments.create", "appointments.book", async (ctx) => {
    const headerSchema = z.object({ "Idempotency-Key": idempotencyKey });
    const header = { "Idempotency-Key": request.headers.get("idempotency-key") ?? "" };
    const { "Idempotency-Key": key } = parsePart("header", headerSchema, header);
    const body = await parseBody(request, createAppointmentBody);
    const operationIds = {
      hold: deriveOperationId(ctx, key),
      // No key has a space, so this is nobody's own.
      booking: deriveOperationId(ctx, `${key} booking`),
    };
    const result = await createAppointmentByApi(ctx, operationIds, body);
    if (result.outcome === "not_booked") {
      const { reason, failureCode, nearest } = result;
      const members = {
        ...(failureCode && { heroCode: failureCode }),
        isRetryable: isRetryable(failureCode),
        ...(nearest && { slots: toSlotResources(nearest).slots }),
      };
      if (passingErrorCodes.includes(failureCode ?? "")) {
        const headers = { "retry-after": String(retryAfterSeconds) };
        throw new ProblemError("hero-unavailable", reason, members, headers);
      }
      throw new ProblemError("not-booked", reason, members);
    }
    const { appointment, isRepeat } = result;
    return {
      status: result.outcome === "open" ? 202 : isRepeat ? 200 : 201,
      body: toAppointmentResource(appointment),
      headers: {
        location: `/api/v1/appointments/${appointment.id}`,
        ...(isRepeat && { "idempotency-replayed": "true" }),
      },
    };
  });

export const getAppointmentResource = (request: Request, appointmentId: string) =>
  handleApiRequest(request, "v1.appointments.get", "appointments.read", async (ctx) => ({
    status: 200,
    body: toAppointmentResource(
      await getAppointment(ctx, { appointmentId: pathId(appointmentId) }),
    ),
  }));
