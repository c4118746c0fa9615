import { redirect } from "next/navigation";

/** The front door: people who are signed in go on to their organisation, others to the sign-in page. */
export default function HomePage() {
  redirect("/organisations");
}
