import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { db } from "@/db/client";
import { passwords } from "@/db/schema/accounts";
import { hashPassword } from "@/server/crypto/passwords";
import { issueEmailToken } from "@/server/services/accounts/email-tokens";
import { resetPassword } from "@/server/services/accounts/reset-password";
import { signUp } from "@/server/services/accounts/sign-up";
import { connectAsSuperuser } from "../../setup/database";
import { createTenant } from "../../support/tenants";

const superuser = connectAsSuperuser();
const context = () => ({ requestId: randomUUID(), clientAddress: randomUUID() });

/** The email address of this test's person is `petra.parker…@clinic.example`. */
const local = `petra.parker${randomBytes(3).toString("hex")}`;
const email = `${local}@clinic.example`;
const register = (password: string) => signUp(context(), { email, name: "Petra Parker", password });

describe("C10: a new password", () => {
  it.each([
    "password1234",
    "P@ssw0rd1234",
    "passwordpassword",
    "123456789012",
    "qwertyuiop12",
    "letmein12345",
    "1q2w3e4r5t6y",
    "aaaaaaaaaaaa",
    "manchesterunited",
    "heropartnerportal",
  ])("C10: %s is rejected as easy to guess", async (password) => {
    await expect(register(password)).rejects.toMatchObject({
      name: "InvalidInputError",
      field: "password",
    });
    expect(await superuser`select 1 from users where email = ${email}`).toHaveLength(0);
  });

  it.each([
    email,
    email.toUpperCase(),
    `${email}1`,
    `${local}1234`,
    "petraparker1234",
    "clinic.example",
  ])("C10: %s is rejected as too close to the person", async (password) => {
    await expect(register(password)).rejects.toMatchObject({
      field: "password",
      message:
        "This password is too close to your name, email address or organisation. Choose another.",
    });
  });

  it.each(["correct horse battery staple", "three words apart", "🦊 under the kitchen table"])(
    "C10: %s is accepted",
    async (password) => {
      await expect(register(password)).resolves.toEqual({ email });
    },
  );

  it("C10: the old password and the organisation's name are rejected when it is reset", async () => {
    const { owner } = await createTenant("Riverbank Messaging");
    const old = "three words apart";
    const hash = await hashPassword(old);
    await db.shared.insert(passwords).values({ userId: owner.id, hash });
    const token = await issueEmailToken(owner.id, "reset_password");
    const reset = (password: string) => resetPassword(context(), { token, password });
    await expect(reset(old)).rejects.toMatchObject({
      field: "password",
      message: "This is your current password. Choose another.",
    });
    for (const password of ["Riverbank Messaging", "riverbankmessaging1", "RiverbankMessaging"]) {
      await expect(reset(password), password).rejects.toMatchObject({ field: "password" });
    }
    // The link still works.
    await expect(reset("four other words apart")).resolves.toEqual({ email: owner.email });
  });
});
