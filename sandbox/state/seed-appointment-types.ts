import type { FormRecord, AppointmentTypeRecord } from "./model";

export type AppointmentTypeKey =
  | "gp"
  | "gpPhone"
  | "bloods"
  | "screening"
  | "asthma"
  | "travel"
  | "vaccination"
  | "outOfHours"
  | "privateGp"
  | "privateVideo"
  | "healthCheck"
  | "physio";

type AppointmentTypeSeed = Omit<AppointmentTypeRecord, "id" | "formId"> & {
  hasIntakeForm?: boolean;
};

const inPersonOnly = { inPerson: true, telephone: false, video: false };

export const appointmentTypeSeeds: Record<AppointmentTypeKey, AppointmentTypeSeed> = {
  gp: {
    name: "GP appointment",
    durationMinutes: 15,
    sector: "nhs",
    price: 0,
    ...inPersonOnly,
    practitionerType: "GP",
  },
  gpPhone: {
    name: "GP telephone appointment",
    durationMinutes: 10,
    sector: "nhs",
    price: 0,
    inPerson: false,
    telephone: true,
    video: false,
    practitionerType: "GP",
  },
  bloods: {
    name: "Blood test",
    durationMinutes: 10,
    sector: "nhs",
    price: 0,
    ...inPersonOnly,
    practitionerType: "Nurse",
  },
  screening: {
    name: "Cervical screening",
    durationMinutes: 20,
    sector: "nhs",
    price: 0,
    ...inPersonOnly,
    practitionerType: "Nurse",
  },
  asthma: {
    name: "Asthma review",
    durationMinutes: 20,
    sector: "nhs",
    price: 0,
    inPerson: true,
    telephone: false,
    video: true,
    practitionerType: "Nurse",
    hasIntakeForm: true,
  },
  travel: {
    name: "Travel vaccination",
    durationMinutes: 30,
    sector: "paid",
    price: 45,
    ...inPersonOnly,
    practitionerType: "Nurse",
  },
  vaccination: {
    name: "Winter vaccination",
    durationMinutes: 10,
    sector: "nhs",
    price: 0,
    ...inPersonOnly,
    practitionerType: "Nurse",
  },
  outOfHours: {
    name: "Out-of-hours GP telephone appointment",
    durationMinutes: 15,
    sector: "nhs",
    price: 0,
    inPerson: false,
    telephone: true,
    video: false,
    practitionerType: "GP",
  },
  privateGp: {
    name: "Private GP consultation",
    durationMinutes: 30,
    sector: "paid",
    price: 95,
    ...inPersonOnly,
    practitionerType: "GP",
  },
  privateVideo: {
    name: "Private GP video consultation",
    durationMinutes: 20,
    sector: "paid",
    price: 65,
    inPerson: false,
    telephone: false,
    video: true,
    practitionerType: "GP",
  },
  healthCheck: {
    name: "Full health check",
    durationMinutes: 60,
    sector: "paid",
    price: 240,
    ...inPersonOnly,
    practitionerType: "GP",
    hasIntakeForm: true,
  },
  physio: {
    name: "Physiotherapy assessment",
    durationMinutes: 45,
    sector: "paid",
    price: 70,
    ...inPersonOnly,
    practitionerType: "Physiotherapist",
  },
};

type FormSeed = Omit<FormRecord, "id" | "fields"> & { questions: string[] };

/** The first is the intake form. */
export const formSeeds: FormSeed[] = [
  {
    title: "Before your appointment",
    description: "Asked when a patient books a review or a health check.",
    patient_title: "Before your appointment",
    patient_description: "These answers help us to use your time well.",
    reply_form: false,
    form_type: "appointment",
    snomed_code: "714301000000106",
    questions: ["What would you most like to talk about?", "Is there anything we should prepare?"],
  },
  {
    title: "Asthma control questionnaire",
    description: "Yearly questions for people with asthma.",
    patient_title: "How is your asthma?",
    patient_description: "It takes about three minutes.",
    reply_form: false,
    form_type: "questionnaire",
    snomed_code: "184147002",
    questions: [
      "How often did asthma wake you in the last four weeks?",
      "How often did you use your reliever inhaler?",
      "Do you smoke?",
    ],
  },
  {
    title: "Reply to the practice",
    description: "A short free-text reply.",
    patient_title: null,
    patient_description: null,
    reply_form: true,
    form_type: "response",
    snomed_code: null,
    questions: ["Your reply"],
  },
  {
    title: "Ask about a health problem",
    description: "Care navigation request.",
    patient_title: "Tell us about your problem",
    patient_description: "A clinician reads your answers on the next working day.",
    reply_form: false,
    form_type: "care_navigation",
    snomed_code: "1068881000000101",
    questions: ["What is the problem?", "How long have you had it?", "What have you tried so far?"],
  },
];
