import { answerNoAddress } from "@/server/v1/answer";

/** Every address under `/api/v1` that is none: a problem like all others, not a page for people. */
export {
  answerNoAddress as DELETE,
  answerNoAddress as GET,
  answerNoAddress as OPTIONS,
  answerNoAddress as PATCH,
  answerNoAddress as POST,
  answerNoAddress as PUT,
};
