import { refuseMethod } from "@/server/v1/answer";
import { answerExchangeOptions, exchangeSecret } from "@/server/v1/element-sessions";

export const POST = exchangeSecret;

const refuse = refuseMethod("POST, OPTIONS");
export const OPTIONS = answerExchangeOptions;
export { refuse as DELETE, refuse as GET, refuse as PATCH, refuse as PUT };
