import { setTimeout } from "node:timers/promises";
import { startEventReceiver } from "../e2e/support/event-receiver";
import type { Organisation } from "../e2e/support/organisation";
import { openAt, type Screenshot } from "./screenshot";

/** Registers the practice's webhooks, so that bookings from now on are delivered. */
export async function subscribeToWebhooks({ portal, practice }: Organisation): Promise<void> {
  await portal.webhooks.subscribe.mutate({
    practices: [
      {
        practiceId: practice.id,
        eventTypes: ["appointment.confirmed", "appointment.cancelled", "appointment.rescheduled"],
      },
    ],
  });
  await waitFor(async () => {
    const { practices } = await portal.webhooks.list.query();
    const endpoints = practices.find(({ practiceId }) => practiceId === practice.id)?.endpoints;
    return endpoints?.every(({ state }) => state === "active");
  });
}

/** A destination whose server accepts every event until `stop`, and one that is off. */
export async function createDestinations({ portal, practice }: Organisation) {
  const receiver = await startEventReceiver();
  const { view: on } = await portal.destinations.create.mutate({
    name: "Patient engagement platform",
    url: receiver.url,
    eventTypes: [],
    practiceIds: [],
  });
  const { view: off } = await portal.destinations.create.mutate({
    name: "Data warehouse",
    url: "https://events.fernhill.example/hero",
    eventTypes: ["link.booked", "link.expired"],
    practiceIds: [practice.id],
  });
  await portal.destinations.switch.mutate({ destinationId: off.id, isOn: false });
  return { destinationId: on.id, stop: receiver.stop };
}

/** The screens of "Webhooks". */
export async function webhookScreenshots(
  { portal, practice, path }: Organisation,
  destinationId: string,
): Promise<Screenshot[]> {
  const webhooksPath = `${path}/webhooks`;
  await waitFor(
    async () => (await portal.destinations.get.query({ destinationId })).waitingCount === 0,
  );
  const { practices } = await portal.webhooks.list.query();
  const endpoint = practices
    .find(({ practiceId }) => practiceId === practice.id)
    ?.endpoints.find(({ eventType }) => eventType === "appointment.confirmed");
  const [delivery] = (await portal.deliveries.list.query({})).items;
  const [event] = (await portal.events.list.query({ type: "link.booked" })).items;
  if (!endpoint || !delivery || !event) throw new Error("No booking was delivered.");
  return [
    {
      name: "webhooks",
      open: openAt(`${webhooksPath}?practice=${practice.id}`, "Webhooks"),
      hasDarkVersion: true,
    },
    {
      name: "webhook-endpoint",
      open: openAt(`${webhooksPath}/endpoints/${endpoint.id}`, endpoint.eventType),
      devices: ["desktop"],
    },
    { name: "deliveries", open: openAt(`${webhooksPath}/deliveries`, "Deliveries") },
    {
      name: "delivery",
      open: openAt(`${webhooksPath}/deliveries/${delivery.id}`, "Verification"),
    },
    { name: "events", open: openAt(`${webhooksPath}/events`, "Events"), maxHeight: 900 },
    {
      name: "event",
      open: openAt(`${webhooksPath}/events/${event.id}`, "Destinations"),
      devices: ["desktop"],
    },
    {
      name: "event-types",
      open: openAt(`${webhooksPath}/events/types`, "Event types"),
      devices: ["desktop"],
    },
    { name: "destinations", open: openAt(`${webhooksPath}/destinations`, "Destinations") },
    {
      name: "destination",
      open: openAt(`${webhooksPath}/destinations/${destinationId}`, "This destination is on"),
      maxHeight: 1200,
    },
    {
      name: "destination-new",
      open: async (page) => {
        await page.goto(`${webhooksPath}/destinations/new`);
        await page.getByLabel("Address").waitFor();
      },
    },
    {
      name: "webhook-tools",
      open: async (page) => {
        await page.goto(`${webhooksPath}/tools`);
        await page.getByLabel("X-Herohealth-Timestamp").fill("1764259200");
        await page.getByLabel("X-Herohealth-Signature").fill("f0e4c2f7".repeat(8));
        await page.getByLabel("Signing key").fill("signing-key-of-another-endpoint");
        await page
          .getByLabel("Body", { exact: true })
          .fill('{"object":"Appointment","id":"700001","event":"appointment.confirmed"}');
        await page.getByRole("button", { name: "Check signature" }).click();
        await page.getByText("The signature does not match").waitFor();
      },
    },
  ];
}

async function waitFor(condition: () => Promise<boolean | undefined>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error("A webhook or an event was not delivered in time.");
    await setTimeout(250);
  }
}
