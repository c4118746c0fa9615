import { heroId, optionalHeroId, rowId } from "./text";
import { z } from "./zod";

/** What a practice does with a task, as Hero names it. */
const taskStates = ["open", "in_progress", "closed"] as const;
export type TaskState = (typeof taskStates)[number];
const taskPriorities = ["highest", "high", "medium", "low", "lowest"] as const;
export type TaskPriority = (typeof taskPriorities)[number];

/** `nobody` is certain; `unknown` means that Hero does not say. */
const taskAssignee = z.object({
  kind: z.enum(["nobody", "admin", "team", "unknown"]),
  /** Hero's ID of the person or team. */
  id: z.string().nullable(),
  /** Null when the name could not be read. */
  name: z.string().nullable(),
});

/** A task in a practice's inbox at Hero, read now and not stored. */
const taskView = z.object({
  id: z.string(),
  /** Changes with status, priority and assignee; a change refuses another version. */
  version: z.string(),
  label: z.string().nullable(),
  category: z.string().nullable(),
  /** `unknown` when Hero uses another word, which is `heroStatus`. */
  state: z.enum([...taskStates, "unknown"]),
  heroStatus: z.string().nullable(),
  /** Null when Hero does not say. */
  priority: z.enum(taskPriorities).nullable(),
  assignee: taskAssignee,
  patientId: z.string().nullable(),
  /** Masked, such as `M••••••• E••••••`. */
  patientName: z.string().nullable(),
  hasDetails: z.boolean(),
  createdAt: z.string().nullable(),
  /** What Hero says the task came from: the message or link whose page shows it. */
  origin: z.enum(["message", "link"]).nullable(),
});
export type TaskView = z.infer<typeof taskView>;

/** The practice's people in Hero, and why they could not be read. */
const staff = z.object({
  items: z.array(z.object({ id: z.string(), name: z.string().nullable() })),
  problem: z.string().nullable(),
});

const taskIdMessage = "This is not a task of Hero's.";

/** Tasks of a practice. `assignee` is one of its people, or `nobody`. */
export const listTasksInput = z.object({
  practiceId: rowId,
  state: z.enum(taskStates, { error: "Select a status." }).optional(),
  assignee: z
    .string({ error: "Select who the task is assigned to." })
    .regex(/^(?:nobody|[0-9]{1,20})$/, { error: "Select who the task is assigned to." })
    .optional(),
  /** From 0. */
  page: z
    .number({ error: "Enter a page number." })
    .int({ error: "Enter a page number." })
    .min(0, { error: "Enter a page number." })
    .max(1000, { error: "Enter a page number." })
    .default(0),
});
export type ListTasksInput = z.input<typeof listTasksInput>;

export const taskPage = z.object({
  items: z.array(taskView),
  /** Those that match. */
  total: z.number(),
  hasNextPage: z.boolean(),
  /** False when Hero did not send all tasks. */
  isComplete: z.boolean(),
  staff,
});
export type TaskPage = z.infer<typeof taskPage>;

export const messageTasksInput = z.object({ messageId: rowId });
export type MessageTasksInput = z.infer<typeof messageTasksInput>;
export const linkTasksInput = z.object({ linkId: rowId });
export type LinkTasksInput = z.infer<typeof linkTasksInput>;

/** Tasks beside a message or link, newest first. */
export const relatedTasks = z.object({
  practiceId: z.string(),
  items: z.array(taskView),
  isComplete: z.boolean(),
  staff,
});
export type RelatedTasks = z.infer<typeof relatedTasks>;

export const taskInput = z.object({ practiceId: rowId, taskId: heroId(taskIdMessage) });
export type TaskInput = z.infer<typeof taskInput>;

/** What a task says of its patient; each time it is shown is audited. */
export const taskDetails = z.object({
  patientName: z.string().nullable(),
  details: z.string().nullable(),
});
export type TaskDetails = z.infer<typeof taskDetails>;

/** Changes what is set; `version` is the task's as the person saw it. */
export const updateTaskInput = z.object({
  ...taskInput.shape,
  version: z
    .string({ error: "Reload the task before you change it." })
    .regex(/^[0-9a-f]{64}$/, { error: "Reload the task before you change it." }),
  state: z.enum(taskStates, { error: "Select a status." }).optional(),
  priority: z.enum(taskPriorities, { error: "Select a priority." }).optional(),
  adminId: optionalHeroId("Select one of the practice's people."),
});
export type UpdateTaskInput = z.infer<typeof updateTaskInput>;

const taskFields = ["state", "priority", "adminId"] as const;
export type TaskField = (typeof taskFields)[number];

/**
 * `saved`: Hero's record shows it. `unknown`: the reply was lost, and Hero's record does not show it (yet).
 * `changed_since`: nothing was sent, because the task is not the version that the person saw.
 */
export const taskChangeResult = z.object({
  outcome: z.enum(["saved", "saved_in_part", "not_saved", "unknown", "changed_since"]),
  /** As read after the change; null when it could not be read. */
  task: taskView.nullable(),
  notSaved: z.array(z.enum(taskFields)),
  /** What Hero accepted and does not show. */
  notShown: z.array(z.enum(taskFields)),
});
export type TaskChangeResult = z.infer<typeof taskChangeResult>;

/** A form that was sent through a link, as a webhook told us. Without the patient and the answers. */
const linkFormResponse = z.object({
  /** Hero's ID. */
  id: z.string(),
  /** When it was sent; null when Hero does not say. */
  submittedAt: z.string().nullable(),
  /** When the portal first read it. */
  readAt: z.string(),
});
export type LinkFormResponse = z.infer<typeof linkFormResponse>;

export const maxFormResponses = 100;

/** The newest, at most 100. */
export const linkFormResponseList = z.array(linkFormResponse);

export const formResponseInput = z.object({
  linkId: rowId,
  formResponseId: heroId("This is not a form response of Hero's."),
});
export type FormResponseInput = z.infer<typeof formResponseInput>;

/** What Hero says of a form response now; each time it is shown is audited. Hero does not send the answers. */
export const formResponseDetails = z.object({
  patientId: z.string().nullable(),
  submittedAt: z.string().nullable(),
  /** Why it could not be written to the patient's record, in Hero's words. */
  recordWriteFailure: z.string().nullable(),
});
export type FormResponseDetails = z.infer<typeof formResponseDetails>;
