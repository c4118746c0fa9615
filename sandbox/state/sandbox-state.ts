import { Clock } from "./clock";
import { Faults } from "./faults";
import { Journal } from "./journal";
import { Inbox } from "./inbox";
import { PatientVisits } from "./visits";
import type {
  ApiKey,
  AppointmentRecord,
  AttachmentLinkRecord,
  AttachmentRecord,
  BatchRecord,
  EhrRecord,
  FormResponseRecord,
  LinkRecord,
  MergePermit,
  MessageRecord,
  PatientRecord,
  Person,
  Practice,
  SlotRecord,
  TaskRecord,
} from "./model";
import { createPatientCase, type PatientCase, patientCaseNames } from "./patient-cases";
import { buildSeed } from "./seed";
import { Webhooks } from "./webhooks";

const firstIds = {
  link: 500_001,
  appointment: 700_001,
  message: 800_001,
  patient: 90_001,
  attachment: 900_001,
  webhook: 600_001,
  formResponse: 950_001,
  task: 970_001,
  batch: 850_001,
  batchRecipient: 1_000_001,
  /** Of patients in `patient-cases.ts`; also selects their NHS numbers and postcodes. */
  casePatient: 410_001,
};

/**
 * What follows the dot in a key. Registrations of webhooks, and the events they hear of, belong to the keys
 * of a practice with the same suffix, so that no test hears of another's events.
 */
export const keySuffix = (key: string): string => /\.[\w-]+$/.exec(key)?.[0] ?? "";

/** All data of the sandbox, in memory. `reset` restores the seed. */
export class SandboxState {
  readonly clock = new Clock();
  readonly faults = new Faults();
  readonly journal = new Journal(this.clock);
  readonly inbox = new Inbox(this.clock);
  readonly visits = new PatientVisits();
  readonly webhooks = new Webhooks(this.clock, () => this.nextId("webhook"));

  practices: Practice[] = [];
  keys = new Map<string, ApiKey>();
  people: Person[] = [];
  patients = new Map<string, PatientRecord>();
  /** In each practice's clinical system, by `ehrPartnerId`. */
  ehrRecords = new Map<string, EhrRecord>();
  attachments = new Map<string, AttachmentRecord>();
  /** By code. */
  attachmentLinks = new Map<string, AttachmentLinkRecord>();
  /** By token. */
  mergePermits = new Map<string, MergePermit>();
  /** One of each kind at each practice, to try by hand. */
  patientCases: PatientCase[] = [];
  links = new Map<string, LinkRecord>();
  linksByCode = new Map<string, LinkRecord>();
  appointments = new Map<string, AppointmentRecord>();
  /** Appointments whose changes the next reads do not show. */
  delayedAppointments = new Map<string, { reads: number; record: AppointmentRecord }>();
  messages = new Map<string, MessageRecord>();
  batches = new Map<string, BatchRecord>();
  formResponses = new Map<string, FormResponseRecord>();
  tasks = new Map<string, TaskRecord>();
  /** A comment appended to the element's script, to change its bytes. */
  scriptSuffix = "";
  /** All slots of each practice, free or not, as computed on the date `from`. */
  slotGrids = new Map<string, { from: string; slots: SlotRecord[] }>();

  private nextIds = { ...firstIds };

  /** @param publicUrl the address for patients, without a trailing slash */
  constructor(public publicUrl: string) {
    this.reset();
  }

  reset(): void {
    const seed = buildSeed();
    this.clock.reset();
    this.faults.clear();
    this.journal.clear();
    this.inbox.clear();
    this.visits.clear();
    this.webhooks.clear();
    this.practices = seed.practices;
    this.keys = new Map(seed.keys.map((key) => [key.key, key]));
    this.people = seed.people;
    this.patients = new Map(seed.patients.map((patient) => [patient.id, patient]));
    this.links = new Map();
    this.linksByCode = new Map();
    this.appointments = new Map();
    this.delayedAppointments = new Map();
    this.messages = new Map();
    this.batches = new Map();
    this.formResponses = new Map();
    this.tasks = new Map();
    this.scriptSuffix = "";
    this.slotGrids = new Map();
    this.nextIds = { ...firstIds };
    this.ehrRecords = new Map(
      seed.patients.flatMap(({ ehrPartnerId, practiceGroupId, person }) =>
        ehrPartnerId === null
          ? []
          : [[ehrPartnerId, { ehrPartnerId, practiceGroupId, person, candidateFor: [] }]],
      ),
    );
    this.attachments = new Map();
    this.attachmentLinks = new Map();
    this.mergePermits = new Map();
    this.patientCases = this.practices.flatMap((practice) =>
      patientCaseNames.map((name) => createPatientCase(this, practice, name)),
    );
  }

  nextId(kind: keyof typeof this.nextIds): string {
    const id = this.nextIds[kind];
    this.nextIds[kind] = id + 1;
    return String(id);
  }

  /**
   * A key with a suffix (`.word`) has the same owner and rights, so that each test can script faults
   * and count calls on a key of its own.
   */
  findApiKey(key: string): ApiKey | undefined {
    return this.keys.get(key.slice(0, key.length - keySuffix(key).length));
  }

  findPractice(groupId: string): Practice | undefined {
    return this.practices.find((practice) => practice.practiceGroupId === groupId);
  }
}
