import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { GatewayIntegrationView, RiverView } from '#model/gateway-wire.ts';
import { Section } from '../parts/page.tsx';
import { riverQuery } from '../server/queries.ts';
import { FromGateway } from './from-gateway.tsx';
import { evenBudget } from './lay-out-river.ts';
import { River } from './river.tsx';
import { type RiverWindow, riverWindows } from './river-windows.ts';
import { WindowChoice } from './window-choice.tsx';

interface RiverSectionProps {
  /** Whose records are shown. */
  readonly integrations: readonly GatewayIntegrationView[];
  /** All that flows, or only these. */
  readonly only?: string;
  readonly window: RiverWindow;
  readonly choose: (window: RiverWindow) => void;
}

/** The answer stays on screen while another stretch is asked for. */
export const useRiver = (window: RiverWindow) => useQuery({ ...riverQuery(window), placeholderData: keepPreviousData });

export function RiverSection({ integrations, only, window, choose }: RiverSectionProps) {
  const river = useRiver(window);
  const alarmed = new Set(integrations.filter(({ state }) => state === 'suspended').map(({ name }) => name));
  const budgetPerStep = evenBudget(integrations, riverWindows[window].stepMs);
  return (
    <Section title="What leaves" aside={<WindowChoice window={window} choose={choose} />}>
      <div className="pt-3">
        <FromGateway of={river} isInner waiting={<div className="h-[312px]" />}>
          {(flow) => (
            <River
              view={only === undefined ? flow : onlyOf(flow, only)}
              window={window}
              budgetPerStep={budgetPerStep}
              alarmed={alarmed}
              isOne={only !== undefined}
            />
          )}
        </FromGateway>
      </div>
    </Section>
  );
}

const onlyOf = (flow: RiverView, integration: string): RiverView => ({
  ...flow,
  series: flow.series.filter((each) => each.integration === integration),
  cuts: flow.cuts.filter((each) => each.integration === integration),
});
