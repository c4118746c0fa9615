import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import type { SandboxState } from "../state/sandbox-state";
import { preBookingNoticePage } from "./pre-booking-notice";
import { linkUnavailablePage } from "./link-unavailable";
import { confirmationPage, formPage, submitForm } from "./confirmation";
import { filePage } from "./file";
import { readFormFields } from "./form-data";
import { checkIdentity, identityPage } from "./identity";
import { confirmBooking, reviewPage } from "./review";
import { signIn, signInPage, confirmIdentity, confirmIdentityPage } from "./sign-in";
import { findHeldAppointment, nextPath, resolveVisit, type VisitContext } from "./visit-context";
import { chooseTime, timesPage } from "./times";
import { joinVideo, videoPage } from "./video";

type PageResponse = Response | Promise<Response>;

/**
 * The patient's journey. A page out of order redirects to the next one due, so that bookmarks, the Back
 * button and second tabs never end in an error.
 */
export function patientRoutes(sandbox: SandboxState): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();

  const addPage = (path: string, page: (context: VisitContext) => PageResponse) =>
    app.get(path, (c) => withVisitContext(sandbox, c, page));

  const addFormHandler = (
    path: string,
    handle: (context: VisitContext, form: Map<string, string>) => PageResponse,
  ) =>
    app.post(path, (c) =>
      withVisitContext(sandbox, c, async (context) => {
        const form = await readFormFields(c);
        const hasValidToken = form.get("token") === context.visit.formToken;
        if (!hasValidToken || context.visit.completedId) return c.redirect(nextPath(context), 303);
        return handle(context, form);
      }),
    );

  const redirectToNext = (context: VisitContext) => context.c.redirect(nextPath(context), 303);
  const needsIdentityCheck = ({ link, visit }: VisitContext) =>
    link.patientId !== null && !visit.patientId;

  addPage("/s/:code", (context) => {
    if (context.visit.completedId) return redirectToNext(context);
    if (needsIdentityCheck(context)) return identityPage(context);
    return context.link.kind === "booking" ? timesPage(context) : redirectToNext(context);
  });
  addFormHandler("/s/:code/identity", (context, form) =>
    needsIdentityCheck(context) ? checkIdentity(context, form) : redirectToNext(context),
  );
  addFormHandler("/s/:code/time", (context, form) =>
    needsIdentityCheck(context) || context.link.kind !== "booking"
      ? redirectToNext(context)
      : chooseTime(context, form),
  );

  addPage("/s/:code/before", (context) => {
    const appointment = isNextPage(context, "before", "sign-in", "review")
      ? findHeldAppointment(context)
      : null;
    return appointment ? preBookingNoticePage(context, appointment) : redirectToNext(context);
  });
  addFormHandler("/s/:code/before", (context) => {
    if (findHeldAppointment(context)) context.visit.hasReadNotice = true;
    return redirectToNext(context);
  });

  addPage("/s/:code/sign-in", (context) =>
    isNextPage(context, "sign-in") ? signInPage(context) : redirectToNext(context),
  );
  addFormHandler("/s/:code/sign-in", (context, form) =>
    isNextPage(context, "sign-in") ? signIn(context, form) : redirectToNext(context),
  );

  addPage("/s/:code/review", (context) => {
    const appointment = isNextPage(context, "review") ? findHeldAppointment(context) : null;
    return appointment ? reviewPage(context, appointment) : redirectToNext(context);
  });
  addFormHandler("/s/:code/confirm", (context) => {
    const appointment = isNextPage(context, "review") ? findHeldAppointment(context) : null;
    return appointment ? confirmBooking(context, appointment) : redirectToNext(context);
  });

  addPage("/s/:code/form", (context) =>
    isNextPage(context, "form") ? formPage(context) : redirectToNext(context),
  );
  addFormHandler("/s/:code/form", (context, form) =>
    isNextPage(context, "form") ? submitForm(context, form) : redirectToNext(context),
  );

  addPage("/s/:code/video", (context) =>
    isNextPage(context, "video") ? videoPage(context) : redirectToNext(context),
  );
  addFormHandler("/s/:code/video", (context) =>
    isNextPage(context, "video") ? joinVideo(context) : redirectToNext(context),
  );

  addPage("/s/:code/done", (context) =>
    context.visit.completedId ? confirmationPage(context) : redirectToNext(context),
  );

  app.get("/a/:code", (c) => filePage(c, sandbox));
  app.get("/s/*", (c) => linkUnavailablePage(c, "not_found", null));
  app.get("/verify/:group", (c) => {
    const practice = sandbox.findPractice(c.req.param("group"));
    return practice ? confirmIdentityPage(c, practice) : linkUnavailablePage(c, "not_found", null);
  });
  app.post("/verify/:group", async (c) => {
    const practice = sandbox.findPractice(c.req.param("group"));
    return practice
      ? confirmIdentity(c, sandbox, practice, await readFormFields(c))
      : linkUnavailablePage(c, "not_found", null);
  });
  return app;
}

function isNextPage(context: VisitContext, ...pages: string[]): boolean {
  const nextPagePath = nextPath(context);
  return pages.some((page) => nextPagePath === `${context.basePath}/${page}`);
}

async function withVisitContext(
  sandbox: SandboxState,
  c: Context,
  page: (context: VisitContext) => PageResponse,
): Promise<Response> {
  const result = resolveVisit(sandbox, c);
  if (result.kind === "not_found") return linkUnavailablePage(c, "not_found", null);
  if (result.kind === "unavailable") return linkUnavailablePage(c, result.reason, result.practice);
  return page(result.context);
}
