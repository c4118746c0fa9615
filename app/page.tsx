import { redirect } from "next/navigation";

/** Signed-in users go to their organisation, others to the sign-in page. */
export default function HomePage() {
  redirect("/organisations");
}
