import { appointmentState } from "./appointments";
import { linkUrl } from "./links";
import { messageProgress } from "./messages";
import type { SandboxState } from "./sandbox-state";

export function practiceViews(sandbox: SandboxState) {
  return sandbox.practices.map((practice) => ({
    practiceGroupId: practice.practiceGroupId,
    name: practice.name,
    system: practice.system,
    network: practice.network,
    keys: [...sandbox.keys.values()]
      .filter((key) => key.practiceGroupId === practice.practiceGroupId)
      .map(({ partner, key, scopes }) => ({ partner, key, scopes })),
  }));
}

/** Registered patients first, then people registered at no practice. Patient cases have their own list. */
export function patientViews(sandbox: SandboxState) {
  const registered = [...sandbox.patients.values()]
    .filter(({ person }) => !person.isCase)
    .map((patient) => ({
      practiceGroupId: patient.practiceGroupId,
      patientId: patient.id,
      person: patient.person,
      isArchived: patient.isArchived,
    }));
  const registeredPeople = new Set(registered.map((patient) => patient.person));
  const unregistered = sandbox.people
    .filter((person) => !person.isCase && !registeredPeople.has(person))
    .map((person) => ({ practiceGroupId: null, patientId: null, person, isArchived: false }));
  return [...registered, ...unregistered].map(({ person, ...rest }) => ({
    ...rest,
    firstName: person.firstName,
    lastName: person.lastName,
    nhsNumber: person.nhsNumber,
    dateOfBirth: person.dateOfBirth,
    postcode: person.postcode,
    email: person.email,
    isRestricted: person.isRestricted,
    isDeceased: person.deceasedOn !== null,
    needsLogin: person.needsLogin,
  }));
}

export function linkViews(sandbox: SandboxState) {
  return [...sandbox.links.values()].map((link) => ({
    id: link.id,
    kind: link.kind,
    code: link.code,
    url: linkUrl(sandbox, link),
    practiceGroupId: link.practiceGroupId,
    appointmentTypeId: link.appointmentTypeId,
    locationId: link.locationId,
    practitionerId: link.practitionerId,
    formId: link.formId,
    patientId: link.patientId,
    fromDate: link.slotsFrom,
    toDate: link.slotsTo,
    expiryDate: link.expiresOn,
    maxUses: link.maxUses,
    uses: link.uses,
    opens: link.opens,
    isLocked: link.isLocked,
  }));
}

/** Reservations and bookings, oldest first; those of the practice's own staff have no patient. */
export function appointmentViews(sandbox: SandboxState) {
  return [...sandbox.appointments.values()].map((appointment) => ({
    id: appointment.id,
    practiceGroupId: appointment.practiceGroupId,
    patientId: appointment.patientId,
    practitionerId: appointment.practitionerId,
    locationId: appointment.locationId,
    appointmentTypeId: appointment.appointmentTypeId,
    startTime: new Date(appointment.startAtMs).toISOString(),
    duration: appointment.durationMinutes,
    linkId: appointment.linkId,
    state: appointmentState(appointment, sandbox.clock.nowMs()),
  }));
}

/** In the order they were sent, by API or by the element. */
export function messageViews(sandbox: SandboxState) {
  return [...sandbox.messages.values()].map((message) => {
    const { status, channel } = messageProgress(message, sandbox.clock.nowMs());
    return {
      id: message.id,
      practiceGroupId: message.practiceGroupId,
      patientId: message.patientId,
      channel: message.channel,
      contact: message.contact,
      fallback: message.fallback,
      text: message.text,
      linkId: message.linkId,
      attachmentUuid: message.attachmentUuid,
      batchId: message.batchId,
      isWrittenToRecord: message.recordWrite !== null,
      submittedBy: message.submittedBy,
      adminId: message.adminId,
      status,
      /** The channel that it went through so far. */
      sentThrough: channel,
      via: message.via,
    };
  });
}
