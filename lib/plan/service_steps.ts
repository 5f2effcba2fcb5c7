/** Services of a candy as steps: packaged and custom entries of one name are two ways to the same service. */
import { CharlyError } from "../base/errors.ts";
import type { Candy, Service } from "../entities/candy.ts";
import type { ServiceCustomStep, ServicePackagedStep } from "../steps/step.ts";
import { renderDropin, renderUnit, unitDirectory, unitName } from "../steps/unit_text.ts";
import { matchesDistro } from "./distro.ts";

/** @param tags of the machine */
export function serviceSteps(
  name: string,
  candy: Candy,
  tags: readonly string[],
): (ServicePackagedStep | ServiceCustomStep)[] {
  const here = (candy.service ?? []).filter((service) => matchesDistro(service.distro, tags));
  const packaged = new Set(here.filter((service) => service.usePackaged !== undefined).map((service) => service.name));
  return here.flatMap((service): (ServicePackagedStep | ServiceCustomStep)[] => {
    if (service.usePackaged !== undefined) return [packagedStep(name, service, service.usePackaged)];
    // Event listeners belong to supervisord's protocol; systemd has nothing like them.
    if (packaged.has(service.name) || service.kind === "eventlistener") return [];
    return [customStep(name, service)];
  });
}

function packagedStep(candy: string, service: Service, packaged: string): ServicePackagedStep {
  const unit = unitName(packaged);
  const targetScope = service.scope ?? "system";
  const overridesText = renderDropin(candy, service);
  return {
    kind: "ServicePackaged",
    candy,
    unit,
    targetScope,
    enable: service.enable ?? false,
    ...(overridesText === undefined
      ? {}
      : { overridesText, overridesPath: `${unitDirectory(targetScope)}/${unit}.d/charly-${candy}.conf` }),
  };
}

function customStep(candy: string, service: Service): ServiceCustomStep {
  if (service.exec === undefined || service.exec.trim() === "") {
    throw new CharlyError(`candy "${candy}": service ${service.name}: has neither \`exec\` nor \`usePackaged\``, {
      hint: "say what it runs, or which packaged unit it is",
      code: "bad-unit",
      exitCode: 2,
    });
  }
  const targetScope = service.scope ?? "system";
  const name = `charly-${candy}-${service.name}`;
  return {
    kind: "ServiceCustom",
    candy,
    name,
    serviceName: service.name,
    unitText: renderUnit(candy, service),
    unitPath: `${unitDirectory(targetScope)}/${name}.service`,
    targetScope,
    enable: service.enable ?? false,
  };
}
