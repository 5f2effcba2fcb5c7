/** The suite on this machine. */
import { localTransport } from "../../lib/execute/transport/local.ts";
import { transportSuite } from "../shared/transport_suite.ts";

transportSuite("localTransport()", () => {
  const transport = localTransport();
  return Promise.resolve({ transport, [Symbol.asyncDispose]: () => transport.close() });
});
