/** The roll-call of legacy rules; `runChain` puts them in the order of their schemas. */
import type { LegacyRule } from "./rule.ts";
import { archRename } from "./rules/arch_rename.ts";
import { boxWrapper } from "./rules/box_wrapper.ts";
import { candyBoxRename } from "./rules/candy_box_rename.ts";
import { deployFile } from "./rules/deploy_file.ts";
import { depends } from "./rules/depends.ts";
import { description } from "./rules/description.ts";
import { entityVersion } from "./rules/entity_version.ts";
import { fieldSingular } from "./rules/field_singular.ts";
import { formatSections } from "./rules/format_sections.ts";
import { imageFields } from "./rules/image_fields.ts";
import { imagePorts } from "./rules/image_ports.ts";
import { kindDocument } from "./rules/kind_document.ts";
import { kindMaps } from "./rules/kind_maps.ts";
import { layerNode } from "./rules/layer_node.ts";
import { localpkgMap } from "./rules/localpkg_map.ts";
import { opUnify } from "./rules/op_unify.ts";
import { planUnify } from "./rules/plan_unify.ts";
import { rebrand } from "./rules/rebrand.ts";
import { rootDirectives } from "./rules/root_directives.ts";
import { securityDevice } from "./rules/security_device.ts";
import { serviceIni } from "./rules/service_ini.ts";
import { singleFilename } from "./rules/single_filename.ts";
import { verbsToPlugin } from "./rules/verbs_to_plugin.ts";
import { vmFields } from "./rules/vm_fields.ts";
import { vocabulary } from "./rules/vocabulary.ts";
import { wrapLayer } from "./rules/wrap_layer.ts";

/** Every rule. */
export const legacyRules: readonly LegacyRule[] = [
  kindDocument,
  imageFields,
  wrapLayer,
  serviceIni,
  vocabulary,
  formatSections,
  fieldSingular,
  depends,
  securityDevice,
  archRename,
  deployFile,
  vmFields,
  entityVersion,
  candyBoxRename,
  localpkgMap,
  rebrand,
  singleFilename,
  boxWrapper,
  imagePorts,
  opUnify,
  description,
  planUnify,
  layerNode,
  kindMaps,
  verbsToPlugin,
  rootDirectives,
];
