ALTER TABLE "element_sessions" ADD COLUMN "portal_session_id" uuid;--> statement-breakpoint
-- Disabling a person ends their sign-ins, which end the element sessions they created, and their emailed
-- links. A trigger, because an account may be disabled by hand (docs/runbook.md).
CREATE FUNCTION end_sign_ins_of_disabled_user() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM sessions WHERE user_id = NEW.id;
  DELETE FROM email_tokens WHERE user_id = NEW.id;
  RETURN NULL;
END
$$;--> statement-breakpoint
CREATE TRIGGER users_disabled AFTER UPDATE OF disabled_at ON users
  FOR EACH ROW WHEN (NEW.disabled_at IS NOT NULL) EXECUTE FUNCTION end_sign_ins_of_disabled_user();
