import "server-only";
import type { approvalKind } from "@/db/schema/approvals";
import type { Permission } from "../../schemas/permissions";

export type ApprovalKind = (typeof approvalKind.enumValues)[number];

type KindSettings = {
  /** To request it, and to decide another person's request. */
  permission: Permission;
  expiresInHours: number;
  /** The email to those who can decide; nothing about a patient. */
  mail: { subject: string; sentence: string; linkLabel: string; path: string };
};

/** What differs between the kinds of request that need a second person. */
export const approvalKinds: Record<ApprovalKind, KindSettings> = {
  patient_merge: {
    permission: "patients.merge",
    expiresInHours: 24,
    mail: {
      subject: "A merge of two records needs a second person",
      sentence: "requests a merge of two records",
      linkLabel: "Review the request",
      path: "/merges",
    },
  },
  message_batch: {
    permission: "messages.send",
    expiresInHours: 24,
    mail: {
      subject: "A batch of messages needs a second person",
      sentence: "requests approval of a batch of messages",
      linkLabel: "Review the batch",
      path: "/messages/batches",
    },
  },
};
