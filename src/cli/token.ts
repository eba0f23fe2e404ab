import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { maxTokenLifetimeS, type Role, roles } from '../auth/index.js';
import { exitCode } from './exit.js';
import { operator, withStore } from './store.js';

const dayS = 24 * 60 * 60;
const maxDays = Math.floor(maxTokenLifetimeS / dayS);

/** `token create | revoke` */
export function tokenCommand(): Command {
  return new Command('token')
    .addCommand(
      new Command('create')
        .description('issue a token; only the token goes to stdout')
        .requiredOption('--name <name>', 'name of the client: reports call it the submitter')
        .addOption(new Option('--role <role>', 'what the token may do').choices(roles).makeOptionMandatory())
        .option('--days <days>', 'days until it expires', parseDays, 365)
        .option('--label <text>', 'a note, such as where it is used')
        .option('--json', 'print token, jti and expiry as JSON', false)
        .action((options: CreateOptions) => create(options)),
    )
    .addCommand(
      new Command('revoke')
        .description('revoke a token immediately')
        .addArgument(new Argument('<jti>'))
        .action((jti: string) => revoke(jti)),
    );
}

interface CreateOptions {
  readonly name: string;
  readonly role: Role;
  readonly days: number;
  readonly label?: string;
  readonly json: boolean;
}

async function create({ name, role, days, label, json }: CreateOptions): Promise<void> {
  const { token, jti, expiresAt } = await withStore(process.env, ({ accounts }) =>
    accounts.issueToken(
      { subject: name, role, lifetimeS: days * dayS, ...(label !== undefined && { label }) },
      operator(),
    ),
  );
  process.stdout.write(json ? `${JSON.stringify({ token, jti, expiresAt: expiresAt.toISOString() })}\n` : `${token}\n`);
  process.stderr.write(`Valid until ${expiresAt.toISOString()}; to revoke it: lesion-detector token revoke ${jti}\n`);
}

async function revoke(jti: string): Promise<void> {
  const revoked = await withStore(process.env, ({ accounts }) => accounts.revokeToken(jti, operator()));
  process.stderr.write(revoked ? `${jti} is revoked.\n` : `There is no token ${jti}.\n`);
  if (!revoked) process.exitCode = exitCode.someFailed;
}

function parseDays(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > maxDays)
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${maxDays}.`);
  return days;
}
