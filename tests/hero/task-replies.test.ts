import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listAdmins } from "@/server/hero/admins";
import { getAutomatedMessage, listAutomatedMessages } from "@/server/hero/automated-messages";
import { getTask, listTasks, updateTask } from "@/server/hero/tasks";
import { createAccess, json, startFakeHero } from "./fake-hero";

let hero: Awaited<ReturnType<typeof startFakeHero>>;

beforeAll(async () => {
  hero = await startFakeHero();
  process.env.HERO_SANDBOX_URL = hero.url;
});
afterAll(() => hero.stop());

const { access } = createAccess();
const unreadableReply = { code: "unreadable_reply", writeOutcome: "unknown" };

/** A task as Hero documents it. */
const task = (id: number, fields: Record<string, unknown> = {}) => ({
  id: String(id),
  type_label: "Care navigation",
  status: "open",
  details: null,
  category: "care_navigation",
  patient: { id: "40101", dob: "1980-01-01" },
  ...fields,
});
const tasks = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => task(from + index));
const page = (data: unknown[], count?: unknown) => json(200, { data, count });

describe("the reply to reading a task", () => {
  it("a task as Hero documents it leaves priority and assignee not known", async () => {
    hero.respondWith(json(200, task(1)));
    expect(await getTask(access, "1")).toMatchObject({
      id: "1",
      state: "open",
      priority: null,
      assignee: { kind: "unknown" },
      patientId: "40101",
      messageId: null,
      createdAt: null,
    });
  });

  it.each([
    ["OPEN", "open"],
    ["In progress", "in_progress"],
    ["in-progress", "in_progress"],
    ["closed ", "closed"],
    ["snoozed", "unknown"],
    ["constructor", "unknown"],
    [7, "unknown"],
    [null, "unknown"],
  ])("the status %j is %s", async (status, state) => {
    hero.respondWith(json(200, task(1, { status })));
    expect((await getTask(access, "1")).state).toBe(state);
  });

  it.each([
    [
      { assignee_type: "Admin", assignee_id: 80101 },
      { kind: "admin", id: "80101" },
    ],
    [
      { assignee_type: "admin_team", assignee_id: "7" },
      { kind: "team", id: "7" },
    ],
    [
      { assignee_type: "AdminTeam", assignee_id: "7" },
      { kind: "team", id: "7" },
    ],
    [{ assignee_type: "Robot", assignee_id: "7" }, { kind: "unknown" }],
    [{ assignee_type: "admin", assignee_id: null }, { kind: "nobody" }],
    [{ assignee_type: "admin", assignee_id: "../me" }, { kind: "unknown" }],
    [{ assignee_type: "admin" }, { kind: "unknown" }],
  ])("the assignee of %j is %j", async (fields, assignee) => {
    hero.respondWith(json(200, task(1, fields)));
    expect((await getTask(access, "1")).assignee).toEqual(assignee);
  });

  it("a reply with another ID is not believed", async () => {
    hero.respondWith(json(200, task(2)));
    await expect(getTask(access, "1")).rejects.toMatchObject(unreadableReply);
  });

  it("a patient whose ID cannot be read is not known", async () => {
    hero.respondWith(json(200, task(1, { patient: { id: {}, first_name: 7 } })));
    expect(await getTask(access, "1")).toMatchObject({ patientId: null, firstName: null });
  });
});

describe("the list of tasks", () => {
  it("a short list whose count agrees is complete with one call and no parameters", async () => {
    hero.respondWith(page(tasks(1, 4), 3));
    const { tasks: found, isComplete } = await listTasks(access);
    expect({ count: found.length, isComplete }).toEqual({ count: 3, isComplete: true });
    expect(hero.calls.map(({ url }) => url)).toEqual(["/v2/tasks"]);
  });

  it("pages of the size of the first one are read until the count is reached", async () => {
    hero.respondWith(
      page(tasks(1, 51), 120),
      page(tasks(51, 101), 120),
      page(tasks(101, 121), 120),
    );
    const { tasks: found, isComplete } = await listTasks(access);
    expect({ count: found.length, isComplete }).toEqual({ count: 120, isComplete: true });
    expect(hero.calls.map(({ url }) => url.replace("/v2/tasks", ""))).toEqual([
      "",
      "?page_index=1&page_size=50",
      "?page_index=2&page_size=50",
    ]);
  });

  it("pages that count from 1, with a count of the page, are read to the end", async () => {
    hero.respondWith(page(tasks(1, 51), 50), page(tasks(1, 51), 50), page(tasks(51, 71), 20));
    const { tasks: found, isComplete } = await listTasks(access);
    expect({ count: found.length, isComplete }).toEqual({ count: 70, isComplete: true });
  });

  it.each([
    ["Hero counts more than it sends", [page(tasks(1, 4), 9)]],
    ["there is no count, and pages are ignored", [page(tasks(1, 4))]],
    ["a task cannot be read", [page([...tasks(1, 3), { id: null }], 3)]],
    ["a later page is refused", [page(tasks(1, 51), 99), json(400, {})]],
  ])("the list is not complete when %s", async (_, replies) => {
    hero.respondWith(...replies);
    const { tasks: found, isComplete } = await listTasks(access);
    expect(isComplete).toBe(false);
    expect(found.length).toBeGreaterThan(1);
  });

  it("a first page that is refused is an error", async () => {
    hero.respondWith(json(403, {}));
    await expect(listTasks(access)).rejects.toMatchObject({ code: "forbidden" });
  });
});

describe("the reply to changing a task", () => {
  it.each([
    ["another ID", { data: { id: "2" } }],
    ["no ID", { data: {} }],
    ["nothing", {}],
  ])("a reply with %s leaves open whether it changed", async (_, reply) => {
    hero.respondWith(json(200, reply));
    await expect(updateTask(access, "1", { status: "closed" })).rejects.toMatchObject(
      unreadableReply,
    );
    expect(hero.calls).toHaveLength(1);
  });

  it("only the fields that change are sent, with their type", async () => {
    hero.respondWith(json(200, { data: { id: 1 } }));
    await updateTask(access, "1", { adminId: "80101" });
    expect(JSON.parse(hero.calls[0]?.body ?? "")).toEqual({
      assignee_type: "admin",
      assignee_id: "80101",
    });
  });
});

describe("the list of staff", () => {
  it("names are read, and nothing else", async () => {
    const admin = { id: "80101", first_name: "Amira", last_name: " ", email: "a@b.example" };
    hero.respondWith(page([admin, { id: "80102" }], 2));
    expect(await listAdmins(access)).toEqual({
      admins: [
        { id: "80101", name: "Amira" },
        { id: "80102", name: null },
      ],
      isComplete: true,
    });
  });
});

describe("automated messages", () => {
  it.each([
    ["a list", [{ id: 1 }], 1],
    ["a list in a field", { automated_messages: [{ id: 1 }, { id: "2" }] }, 2],
    ["no list", { message: "none" }, 0],
    ["messages without IDs", [{ text: "Hello" }], 0],
  ])("messages with an ID are read from %s", async (_, reply, count) => {
    hero.respondWith(json(200, reply), json(200, []));
    expect((await listAutomatedMessages(access)).messages).toHaveLength(count);
  });

  it("a message without readable fields says nothing about them", async () => {
    hero.respondWith(json(200, { id: "1", status: 7, sent_at: "yesterday", recipient: [] }));
    expect(await getAutomatedMessage(access, "1")).toEqual({
      id: "1",
      type: null,
      status: null,
      channel: null,
      recipientId: null,
      createdAt: null,
      scheduledAt: null,
      sentAt: null,
      text: null,
    });
  });

  it("a reply with another ID is not believed", async () => {
    hero.respondWith(json(200, { id: "2" }));
    await expect(getAutomatedMessage(access, "1")).rejects.toMatchObject(unreadableReply);
  });
});
