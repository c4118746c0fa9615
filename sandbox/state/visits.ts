import { randomBytes } from "node:crypto";

const maxVisits = 5_000;

/** One browser's progress with one link. */
export interface Visit {
  id: string;
  linkId: string;
  /** Posted with each form, against cross-site requests. */
  formToken: string;
  /** Set once the patient has confirmed who they are. */
  patientId: string | null;
  heldAppointmentId: string | null;
  hasReadNotice: boolean;
  /** Set once an appointment is booked or a form is sent. */
  completedId: string | null;
  /** Shown once, on the next page. */
  notice: string | null;
}

export class PatientVisits {
  private visits = new Map<string, Visit>();

  create(linkId: string): Visit {
    const visit: Visit = {
      id: randomBytes(24).toString("base64url"),
      linkId,
      formToken: randomBytes(16).toString("base64url"),
      patientId: null,
      heldAppointmentId: null,
      hasReadNotice: false,
      completedId: null,
      notice: null,
    };
    this.visits.set(visit.id, visit);
    if (this.visits.size > maxVisits) {
      const [oldest] = this.visits.keys();
      if (oldest) this.visits.delete(oldest);
    }
    return visit;
  }

  find(id: string | undefined, linkId: string): Visit | undefined {
    const visit = id ? this.visits.get(id) : undefined;
    return visit?.linkId === linkId ? visit : undefined;
  }

  clear(): void {
    this.visits.clear();
  }
}
