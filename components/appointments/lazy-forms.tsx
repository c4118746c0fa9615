"use client";

import dynamic from "next/dynamic";
import { FormSkeleton } from "@/components/forms/form-skeleton";

// These only work with JavaScript, and begin with the view that suits the screen.
export const BookAppointment = dynamic(
  () => import("./book-appointment").then((module) => module.BookAppointment),
  { ssr: false, loading: () => <FormSkeleton text="Loading free slots…" /> },
);

export const RescheduleAppointment = dynamic(
  () => import("./reschedule-appointment").then((module) => module.RescheduleAppointment),
  { ssr: false, loading: () => <FormSkeleton text="Loading free slots…" /> },
);
