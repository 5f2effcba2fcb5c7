/** Templates deployments are made from: `local`, `pod`, `k8s` and `android` without a target of their own. */
import type { KindShape } from "../read_fields.ts";
import { data, either, flag, list, map, number, object, required, text, texts, word } from "../shape.ts";
import { candyRefs } from "./candy.ts";
import { installOpts, secrets } from "./deployment.ts";
import { vmShape } from "./vm.ts";

/** Candies and options several local deployments share. */
const localShape: KindShape = {
  fields: object({ description: text("filled"), version: text("calver") }),
  data: { candy: candyRefs, install_opts: installOpts, env: texts },
};

/** Sidecars and environment several pods share. */
const podShape: KindShape = {
  fields: object({
    description: text("filled"),
    box: text("word"),
    sidecar: list(object({ sidecar: required(object({ name: required(text("filled")) })) })),
    env_default: texts,
  }),
  data: { secret: secrets },
};

const quantities = map(text());

/** What a cluster offers. */
const k8sShape: KindShape = {
  fields: object({
    box: text(),
    description: text("filled"),
    replica: number(),
    kubeconfig_context: text(),
    admission_policy: word("restricted", "baseline", "privileged"),
    default_namespace: text(),
    network_policy: word("auto", "strict", "none"),
    resources: object({ requests: quantities, limits: quantities }),
    hostnames: list(object({ host: required(text()), tls: data, path: text() })),
    storage: object({
      class_default: text(),
      class_cheap: text(),
      class_encrypted: text(),
      class_fast: text(),
      access_mode_default: text(),
    }),
    ingress: object({ enabled: flag, class: text(), cert_issuer: text(), path_type_default: text() }),
    gateway_api: object({ enabled: flag, gateway_class: text() }),
    image_default: object({ pull_policy: text(), pull_secrets: either({ scalar: text(), list: texts }) }),
    pod_default: object({ priority_class: text(), tolerations: data, node_selector: data }),
    observability: object({ service_monitor: flag, service_monitor_interval: text() }),
    defaults: object({ labels: map(text()), annotations: map(text()) }),
  }),
  data: {
    secret: object({ backend: word("external-secrets", "sealed-secrets", "raw"), store: text(), prefix: text() }),
  },
};

/** A phone, real or emulated. */
const androidShape: KindShape = {
  fields: object({
    box: text("word"),
    description: text("filled"),
    adb: object({ host: text("filled") }),
    serial: text("filled"),
    device: text(),
    api_level: number(),
    google_account: object({ email_secret: text(), token_secret: text() }),
  }),
  data: {},
};

/** Kinds whose nodes are templates, unless their value says what is deployed. */
export const templateShapes = {
  pod: podShape,
  vm: vmShape,
  k8s: k8sShape,
  local: localShape,
  android: androidShape,
} as const satisfies Readonly<Record<string, KindShape>>;
