import { Clock } from "./clock";
import { Faults } from "./faults";
import { Journal } from "./journal";
import { Inbox } from "./inbox";
import { PatientVisits } from "./visits";
import type {
  ApiKey,
  AppointmentRecord,
  LinkRecord,
  MessageRecord,
  PatientRecord,
  Person,
  Practice,
  SlotRecord,
} from "./model";
import { buildSeed } from "./seed";

/** Everything the sandbox knows. It lives in memory and `reset` brings back the first state. */
export class SandboxState {
  readonly clock = new Clock();
  readonly faults = new Faults();
  readonly journal = new Journal(this.clock);
  readonly inbox = new Inbox(this.clock);
  readonly visits = new PatientVisits();

  practices: Practice[] = [];
  keys = new Map<string, ApiKey>();
  people: Person[] = [];
  patients = new Map<string, PatientRecord>();
  links = new Map<string, LinkRecord>();
  linksByCode = new Map<string, LinkRecord>();
  appointments = new Map<string, AppointmentRecord>();
  messages = new Map<string, MessageRecord>();
  /** A comment at the end of the element's script, so that its bytes can change. */
  scriptSuffix = "";
  /** All slots of a practice by day of reckoning, free or not; see `slots.ts`. */
  slotGrids = new Map<string, { from: string; slots: SlotRecord[] }>();

  private nextIds = { link: 500_001, appointment: 700_001, message: 800_001, patient: 90_001 };

  /** `publicUrl` is where patients reach the sandbox, without a slash at the end. */
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
    this.practices = seed.practices;
    this.keys = new Map(seed.keys.map((key) => [key.key, key]));
    this.people = seed.people;
    this.patients = new Map(seed.patients.map((patient) => [patient.id, patient]));
    this.links = new Map();
    this.linksByCode = new Map();
    this.appointments = new Map();
    this.messages = new Map();
    this.scriptSuffix = "";
    this.slotGrids = new Map();
    this.nextIds = { link: 500_001, appointment: 700_001, message: 800_001, patient: 90_001 };
  }

  nextId(kind: keyof typeof this.nextIds): string {
    const id = this.nextIds[kind];
    this.nextIds[kind] = id + 1;
    return String(id);
  }

  /**
   * A key followed by a dot and any word is one more key of the same owner with the same rights, so
   * that those who script its faults and count its calls need not share it.
   */
  findApiKey(key: string): ApiKey | undefined {
    return this.keys.get(key.replace(/\.[\w-]+$/, ""));
  }

  findPractice(groupId: string): Practice | undefined {
    return this.practices.find((practice) => practice.practiceGroupId === groupId);
  }
}
