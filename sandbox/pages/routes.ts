import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import type { World } from "../state/world";
import { beforePage } from "./before";
import { deadPage } from "./dead";
import { donePage, formPage, sendForm } from "./done";
import { formTexts } from "./form-data";
import { checkIdentity, identityPage } from "./identity";
import { confirmBooking, reviewPage } from "./review";
import { signIn, signInPage, verify, verifyPage } from "./sign-in";
import { heldAppointment, nextAddress, openLink, type Stage } from "./stage";
import { chooseTime, timesPage } from "./times";

type Reply = Response | Promise<Response>;

/**
 * The patient's journey. A page that is not due yet leads to the one that is, so that a bookmark,
 * the Back button or a second tab never ends in an error.
 */
export function patientRoutes(world: World): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();

  const show = (path: string, page: (stage: Stage) => Reply) =>
    app.get(path, (c) => withStage(world, c, page));

  const take = (path: string, act: (stage: Stage, form: Map<string, string>) => Reply) =>
    app.post(path, (c) =>
      withStage(world, c, async (stage) => {
        const form = await formTexts(c);
        const isOurs = form.get("token") === stage.visit.formToken;
        if (!isOurs || stage.visit.doneId) return c.redirect(nextAddress(stage), 303);
        return act(stage, form);
      }),
    );

  const onward = (stage: Stage) => stage.c.redirect(nextAddress(stage), 303);
  const isUnknown = ({ link, visit }: Stage) => link.patientId !== null && !visit.patientId;

  show("/s/:code", (stage) => {
    if (stage.visit.doneId) return onward(stage);
    if (isUnknown(stage)) return identityPage(stage);
    return stage.link.kind === "form" ? onward(stage) : timesPage(stage);
  });
  take("/s/:code/identity", (stage, form) =>
    isUnknown(stage) ? checkIdentity(stage, form) : onward(stage),
  );
  take("/s/:code/time", (stage, form) =>
    isUnknown(stage) || stage.link.kind === "form" ? onward(stage) : chooseTime(stage, form),
  );

  show("/s/:code/before", (stage) => {
    const held = isDue(stage, "before", "sign-in", "review") ? heldAppointment(stage) : null;
    return held ? beforePage(stage, held) : onward(stage);
  });
  take("/s/:code/before", (stage) => {
    if (heldAppointment(stage)) stage.visit.hasReadNotice = true;
    return onward(stage);
  });

  show("/s/:code/sign-in", (stage) =>
    isDue(stage, "sign-in") ? signInPage(stage) : onward(stage),
  );
  take("/s/:code/sign-in", (stage, form) =>
    isDue(stage, "sign-in") ? signIn(stage, form) : onward(stage),
  );

  show("/s/:code/review", (stage) => {
    const held = isDue(stage, "review") ? heldAppointment(stage) : null;
    return held ? reviewPage(stage, held) : onward(stage);
  });
  take("/s/:code/confirm", (stage) => {
    const held = isDue(stage, "review") ? heldAppointment(stage) : null;
    return held ? confirmBooking(stage, held) : onward(stage);
  });

  show("/s/:code/form", (stage) => (isDue(stage, "form") ? formPage(stage) : onward(stage)));
  take("/s/:code/form", (stage) => (isDue(stage, "form") ? sendForm(stage) : onward(stage)));

  show("/s/:code/done", (stage) => (stage.visit.doneId ? donePage(stage) : onward(stage)));

  app.get("/s/*", (c) => deadPage(c, "absent", null));
  app.get("/verify/:group", (c) => {
    const practice = world.findPractice(c.req.param("group"));
    return practice ? verifyPage(c, practice) : deadPage(c, "absent", null);
  });
  app.post("/verify/:group", async (c) => {
    const practice = world.findPractice(c.req.param("group"));
    return practice ? verify(c, world, practice, await formTexts(c)) : deadPage(c, "absent", null);
  });
  return app;
}

/** Whether the journey has come to one of these pages. */
function isDue(stage: Stage, ...pages: string[]): boolean {
  const next = nextAddress(stage);
  return pages.some((page) => next === `${stage.base}/${page}`);
}

async function withStage(
  world: World,
  c: Context,
  page: (stage: Stage) => Reply,
): Promise<Response> {
  const opened = openLink(world, c);
  if (opened.kind === "absent") return deadPage(c, "absent", null);
  if (opened.kind === "dead") return deadPage(c, opened.reason, opened.practice);
  return page(opened.stage);
}
