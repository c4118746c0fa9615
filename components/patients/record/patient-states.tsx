import { Notice } from "@/components/ui/notice";
import type { PatientState } from "@/server/schemas/patient-record";

const stateTexts: Record<
  PatientState,
  { tone: "danger" | "warning" | "info"; title: string; text: string }
> = {
  deceased: {
    tone: "danger",
    title: "Deceased",
    text: "Hero's record says that this patient has died. You cannot invite them, book for them or change their record. Hero does not say if the death is formally registered. If this is wrong, ask the practice to correct it.",
  },
  archived: {
    tone: "danger",
    title: "Archived",
    text: "The practice has archived this record. You cannot invite this patient, book for them or change their record.",
  },
  restricted: {
    tone: "warning",
    title: "Restricted",
    text: "Do not tell anyone where this patient lives or is seen. Places and addresses are not shown here. You cannot send invites or messages, share files or merge records. Booking needs its own permission and a confirmation.",
  },
  not_in_ehr: {
    tone: "info",
    title: "Not in the clinical system",
    text: "Hero does not say that this patient is registered in the practice's clinical system. There are no files. Check with the practice before you book, or connect the patient to their clinical record.",
  },
};

/** What a person must know before they act for a patient. */
export function PatientStates({ states }: { states: readonly PatientState[] }) {
  return states.map((state) => {
    const { tone, title, text } = stateTexts[state];
    return (
      <Notice key={state} tone={tone} title={title}>
        {text}
      </Notice>
    );
  });
}
