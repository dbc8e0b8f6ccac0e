import type {
  ExportedView,
  ExposureQuestion,
  GatewayExposureView,
  GatewayView,
  KnownIntegration,
  LearnedPolicy,
  PolicyOutcome,
  PolicyPage,
  ReachView,
  RegisteredView,
  RegistrationForm,
  RiverView,
  RotatedView,
  TokenView,
} from '#model/gateway-wire.ts';
import type { Result } from '#model/result.ts';

/** What people may see of the gateway and do to it. `by` is who asks, for the record. */
export interface GatewayDesk {
  integrationCount(): number;
  /** Whom the house's logs know, so that coverage can be said. */
  tellKnown(integrations: readonly KnownIntegration[]): void;
  view(): Promise<GatewayView>;
  river(from: number, to: number, stepMs: number): Promise<RiverView>;
  exposure(question: ExposureQuestion): Promise<Result<GatewayExposureView>>;
  /** 18-character ids of the distinct customers, ascending. */
  customers(question: ExposureQuestion): Promise<Result<AsyncIterable<string>>>;
  /** Writes `releases.parquet` and `reads.parquet` into a directory that is there. */
  exportParquet(question: ExposureQuestion, into: string): Promise<Result<ExportedView>>;
  reach(integration: string): Promise<Result<ReachView>>;
  policy(integration: string): Result<PolicyPage>;
  /** A change that widens waits for `approve` by somebody else. */
  propose(integration: string, yaml: string, by: string, why: string): Result<PolicyOutcome>;
  approve(proposal: string, by: string): Result<PolicyOutcome>;
  reject(proposal: string, by: string, why: string): Result<void>;
  register(form: RegistrationForm, by: string): Promise<Result<RegisteredView>>;
  /** Access tokens that are alive, of one integration or of all. */
  tokens(integration: string | undefined): readonly TokenView[];
  /** A new client secret; the old one is taken for `overlapMs` more. */
  rotateSecret(integration: string, overlapMs: number, by: string): Result<RotatedView>;
  /** Ends one access token for good. */
  revoke(token: string, by: string, why: string): Promise<Result<void>>;
  suspend(integration: string, by: string, why: string): Promise<Result<void>>;
  resume(integration: string, by: string, why: string): Promise<Result<void>>;
  learn(integration: string, from: number, to: number): Promise<Result<LearnedPolicy>>;
}
