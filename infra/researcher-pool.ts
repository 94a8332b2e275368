import { CfnOutput, Duration, type RemovalPolicy } from 'aws-cdk-lib';
import { AccountRecovery, Mfa, UserPool } from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/** The people who may call the API, where they sign in with Cognito. Administrators add them; nobody signs up. */
export class ResearcherPool extends Construct {
  readonly userPool: UserPool;

  constructor(scope: Construct, id: string, { userPoolName, removalPolicy }: { readonly userPoolName: string; readonly removalPolicy: RemovalPolicy }) {
    super(scope, id);
    this.userPool = new UserPool(this, 'Pool', {
      userPoolName,
      removalPolicy,
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      mfa: Mfa.REQUIRED,
      mfaSecondFactor: { otp: true, sms: false },
      passwordPolicy: {
        minLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
    });
    for (const rule of ['AwsSolutions-COG3', 'AwsSolutions-COG8'] as const) {
      acknowledge(this.userPool, rule, 'Threat protection needs the Plus plan, which is paid per user; sign-up is closed and a second factor required.');
    }
    const client = this.userPool.addClient('Client', {
      authFlows: { userSrp: true, userPassword: true },
      disableOAuth: true,
      preventUserExistenceErrors: true,
      idTokenValidity: Duration.hours(1),
      accessTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.days(1),
    });
    new CfnOutput(this, 'UserPoolId', { value: this.userPool.userPoolId });
    new CfnOutput(this, 'UserPoolClientId', { value: client.userPoolClientId });
  }
}
