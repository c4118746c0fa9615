import { createAccessToken } from "@/server/hero/access-token";
import {
  getBookingLink,
  listBookingLinks,
  listShortLinks,
  requestBookingLink,
  updateBookingLink,
} from "@/server/hero/booking-links";
import { requestFormLink } from "@/server/hero/form-links";
import { fetchForm, fetchForms } from "@/server/hero/forms";
import { getLinkStatus } from "@/server/hero/link-status";
import { getPatient, registerPatientPds } from "@/server/hero/patients";
import {
  getCapabilities,
  getPracticeGroup,
  listAppointmentTypes,
  listElements,
  listLocations,
  listPractitioners,
} from "@/server/hero/practice";
import type { HeroConnection } from "@/server/hero/request";
import { fetchSlotCount } from "@/server/hero/slots";
import { addDays, ukDateOf } from "@/server/schemas/dates";

/** An ID of the form that Hero documents; a mock server accepts any. */
const id = "12345";
const today = ukDateOf(new Date());
const tomorrow = addDays(today, 1);
const booking = { appointment_type_id: id, location_id: id, expiry_date: tomorrow };

type ClientCall = (hero: HeroConnection) => Promise<unknown>;

/** Every function of the Hero client, by its operation. */
export const clientCalls: Record<string, ClientCall> = {
  getPracticeGroupById: getPracticeGroup,
  getCapabilities,
  listElements,
  listAppointmentTypes,
  listLocations,
  listPractitioners,
  countSlots: (hero) =>
    fetchSlotCount(hero, { appointment_type_id: id, start_date: today, end_date: tomorrow }),
  listForms: (hero) => fetchForms(hero, { search: "health", form_type: "questionnaire" }),
  getForm: (hero) => fetchForm(hero, id),
  createFormLink: (hero) =>
    requestFormLink(hero, { form_id: id, patient_id: id, expiry_date: tomorrow }),
  createBookingLink: (hero) =>
    requestBookingLink(hero, { ...booking, patient_id: id, maximum_use_count: 1 }),
  // The reply must be about the requested link, so the ID is one that the server itself lists.
  getBookingLink: async (hero) => getBookingLink(hero, (await listBookingLinks(hero))[0]?.id ?? id),
  updateBookingLink: (hero) => updateBookingLink(hero, id, { expiry_date: tomorrow }),
  listBookingLinks,
  listShortLinks: (hero) => listShortLinks(hero, { index: 0, size: 50, isGenericOnly: true }),
  getLinkStatus: (hero) => getLinkStatus(hero, { id }),
  registerPatientPds: (hero) =>
    registerPatientPds(hero, { nhs_number: "9990000018", dob: "1980-01-31" }),
  getPatientById: (hero) => getPatient(hero, id),
  createAccessToken,
};
