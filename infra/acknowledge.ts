import { type CfnElement, Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Accepts a finding of cdk-nag on a construct and all below it, for a stated reason. */
export function acknowledge(construct: IConstruct, rule: `AwsSolutions-${string}`, reason: string): void {
  Validations.of(construct).acknowledge({ id: rule, reason });
}

/** Accepts `*` as the resource of a role's statements, which AWS requires where an action has no resource level. */
export function acknowledgeAnyResource(role: IConstruct, reason: string): void {
  acknowledge(role, 'AwsSolutions-IAM5[Resource::*]', reason);
}

/** Accepts a pattern that follows a resource's ARN in a role's statements: `<ARN>/<pattern>`. */
export function acknowledgeBelow(role: IConstruct, resource: IConstruct, pattern: string, reason: string): void {
  const logicalId = Stack.of(resource).getLogicalId(resource.node.defaultChild as CfnElement);
  acknowledge(role, `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>/${pattern}]`, reason);
}
