import {
  requestBookingLink,
  getBookingLink,
  listBookingLinks,
  listShortLinks,
  updateBookingLink,
} from "@/server/hero/booking-links";
import {
  getCapabilities,
  getPracticeGroup,
  listAppointmentTypes,
  listElements,
  listLocations,
  listPractitioners,
} from "@/server/hero/practice";
import { requestFormLink } from "@/server/hero/form-links";
import { fetchForm, fetchForms } from "@/server/hero/forms";
import { createAccessToken } from "@/server/hero/access-token";
import { getLinkStatus } from "@/server/hero/link-status";
import { getPatient, registerPatientPds } from "@/server/hero/patients";
import type { HeroConnection } from "@/server/hero/request";
import { fetchSlotCount } from "@/server/hero/slots";
import { addDays, ukDateOf } from "@/server/schemas/dates";
import { listTestPatients } from "../support/hero";

/** The client's exported functions, each with calls of every variant, for practice 30297 of the sandbox. */
export const clientCalls: Record<string, (hero: HeroConnection) => Promise<unknown>> = {
  getPracticeGroup,
  getCapabilities,
  listElements,
  listAppointmentTypes,
  listLocations,
  listPractitioners,
  listBookingLinks,
  async listShortLinks(hero) {
    await createTestLink(hero);
    await listShortLinks(hero, { index: 0, size: 2, isGenericOnly: false });
    return listShortLinks(hero, { index: 1, size: 50, isGenericOnly: true });
  },
  async fetchForms(hero) {
    await fetchForms(hero);
    return fetchForms(hero, { search: "health", form_type: "questionnaire" });
  },
  async fetchForm(hero) {
    return fetchForm(hero, await firstForm(hero));
  },
  async requestFormLink(hero) {
    const form_id = await firstForm(hero);
    await requestFormLink(hero, { form_id });
    return requestFormLink(hero, {
      form_id,
      patient_id: await firstPatient(),
      expiry_date: addDays(ukDateOf(new Date()), 7),
      maximum_use_count: 1,
    });
  },
  async getLinkStatus(hero) {
    const { url, id } = await requestFormLink(hero, { form_id: await firstForm(hero) });
    await getLinkStatus(hero, { url });
    return getLinkStatus(hero, { id: id ?? "" });
  },
  createAccessToken,
  async fetchSlotCount(hero) {
    const { appointment_type_id, location_id } = await minimalLink(hero);
    const [practitioner] = await listPractitioners(hero);
    await fetchSlotCount(hero, {});
    return fetchSlotCount(hero, {
      appointment_type_id,
      location_id,
      practitioner_id: practitioner?.id,
      start_date: "2027-03-28",
      end_date: "2027-03-28",
    });
  },
  async registerPatientPds(hero) {
    const [registered] = await listTestPatients("30297");
    const unregistered = (await listTestPatients(null)).find((candidate) => candidate.needsLogin);
    if (!registered || !unregistered) throw new Error("The sandbox has no such patients.");
    const { firstName, lastName, postcode, nhsNumber, dateOfBirth } = registered;
    await registerPatientPds(hero, { nhs_number: nhsNumber, dob: dateOfBirth });
    await registerPatientPds(hero, {
      forename: firstName,
      surname: lastName,
      postcode,
      dob: dateOfBirth,
    });
    return registerPatientPds(hero, {
      nhs_number: unregistered.nhsNumber,
      dob: unregistered.dateOfBirth,
    });
  },
  async getPatient(hero) {
    return getPatient(hero, await firstPatient());
  },
  async requestBookingLink(hero) {
    const body = await minimalLink(hero);
    const today = ukDateOf(new Date());
    const [practitioner] = await listPractitioners(hero);
    await requestBookingLink(hero, body);
    return requestBookingLink(hero, {
      ...body,
      practitioner_id: practitioner?.id,
      from_date: today,
      to_date: addDays(today, 5),
      maximum_use_count: 3,
    });
  },
  async getBookingLink(hero) {
    return getBookingLink(hero, await createTestLink(hero));
  },
  async updateBookingLink(hero) {
    const id = await createTestLink(hero);
    const today = ukDateOf(new Date());
    await updateBookingLink(hero, id, { expiry_date: addDays(today, -1) });
    return updateBookingLink(hero, id, {
      from_date: today,
      to_date: addDays(today, 2),
      expiry_date: addDays(today, 9),
      maximum_use_count: 2,
    });
  },
};

export async function minimalLink(hero: HeroConnection) {
  const [[type], [location]] = await Promise.all([listAppointmentTypes(hero), listLocations(hero)]);
  return {
    appointment_type_id: type?.id ?? "",
    location_id: location?.id ?? "",
    expiry_date: addDays(ukDateOf(new Date()), 7),
    maximum_use_count: 1,
  };
}

async function firstForm(hero: HeroConnection): Promise<string> {
  return (await fetchForms(hero))[0]?.id ?? "";
}

async function firstPatient(): Promise<string> {
  return (await listTestPatients("30297"))[0]?.patientId ?? "";
}

async function createTestLink(hero: HeroConnection): Promise<string> {
  const { id } = await requestBookingLink(hero, await minimalLink(hero));
  if (!id) throw new Error("The sandbox gave no id.");
  return id;
}
