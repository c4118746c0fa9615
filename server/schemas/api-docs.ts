/** The API documentation page, read from the OpenAPI document. */
export type ApiDocs = {
  description: string;
  operations: ApiOperation[];
  /** The fields of a link in responses. */
  linkFields: ApiField[];
  messageFields: ApiField[];
  eventFields: ApiField[];
  /** The headers with which an event is sent to a destination. */
  webhookHeaders: ApiField[];
  eventTypes: ApiEventType[];
  problems: { name: string; status: number; title: string; meaning: string; type: string }[];
};

export type ApiField = { name: string; type: string; isRequired: boolean; description: string };

export type ApiOperation = {
  id: string;
  method: string;
  path: string;
  summary: string;
  description: string;
  parameters: (ApiField & { in: string })[];
  /** One, or one for each kind of link or look-up. */
  bodies: { name: string; fields: ApiField[] }[];
  responses: { status: string; description: string }[];
};

/** One event type: the fields of its `data`, and an event as it is sent, as indented JSON. */
export type ApiEventType = { type: string; label: string; fields: ApiField[]; example: string };
