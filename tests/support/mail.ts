import { z } from "zod";
import { handlers } from "@/server/jobs/handlers";
import type { JobData, QueueName } from "@/server/queue/queues";
import { connectAsApp, sandboxUrl } from "../setup/database";

const emailSchema = z.object({
  id: z.string(),
  /** All recipients in the envelope. */
  to: z.string(),
  from: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
  links: z.array(z.string()),
});

export type Email = z.infer<typeof emailSchema>;

let connection: ReturnType<typeof connectAsApp> | undefined;
const sql = () => (connection ??= connectAsApp());

/** The waiting jobs of a queue, oldest first. */
export async function listJobs<Name extends QueueName>(name: Name) {
  return sql()<{ id: string; data: JobData[Name]; state: string }[]>`
    select id, data, state::text from pgboss.job
    where name = ${name} and state in ('created', 'retry') order by created_on, id`;
}

/** Runs each waiting job of a queue once. Returns their number. */
export async function runJobs<Name extends QueueName>(name: Name): Promise<number> {
  const jobs = await listJobs(name);
  const handle: (data: JobData[Name], jobId: string, signal: AbortSignal) => Promise<unknown> =
    handlers[name];
  for (const job of jobs) {
    await handle(job.data, job.id, new AbortController().signal);
    await sql()`delete from pgboss.job where id = ${job.id}`;
  }
  return jobs.length;
}

/** The emails to an address, newest first. */
export async function listEmails(to: string): Promise<Email[]> {
  const reply = await fetch(`${sandboxUrl}/inbox.json?to=${encodeURIComponent(to)}`);
  return z.array(emailSchema).parse(await reply.json());
}

/** The token in an email's link. */
export function getEmailToken(email: Email | undefined): string {
  const token = email?.links
    .map((link) => new URL(link).searchParams.get("token"))
    .find((value) => value !== null);
  if (!token) throw new Error("The mail has no link with a token.");
  return token;
}
