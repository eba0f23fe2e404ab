import { Argument, Command, Option } from 'commander';
import { type Role, roles } from '../auth/index.js';
import { generatePassword, readPassword } from './password.js';
import { operator, withStore } from './store.js';

/** `user add | passwd | disable` */
export function userCommand(): Command {
  return new Command('user')
    .addCommand(
      new Command('add')
        .description('add a user; the password is the first line of stdin or, at a terminal, prompted for')
        .addArgument(new Argument('<name>'))
        .addOption(new Option('--role <role>', 'what the user may do').choices(roles).makeOptionMandatory())
        .option('--generate', 'make a password and print it, once', false)
        .action((name: string, options: { role: Role; generate: boolean }) => add(name, options)),
    )
    .addCommand(
      new Command('passwd')
        .description("set a password; also revokes the user's tokens")
        .addArgument(new Argument('<name>'))
        .option('--generate', 'make a password and print it, once', false)
        .action((name: string, options: { generate: boolean }) => passwd(name, options)),
    )
    .addCommand(
      new Command('disable')
        .description('disable a user and revoke its tokens; its rows stay')
        .addArgument(new Argument('<name>'))
        .action((name: string) => disable(name)),
    );
}

async function add(
  name: string,
  { role, generate }: { readonly role: Role; readonly generate: boolean },
): Promise<void> {
  const password = generate ? generatePassword() : await readPassword();
  await withStore(process.env, ({ accounts }) => accounts.addUser({ name, role, password }, operator()));
  if (generate) process.stdout.write(`${password}\n`);
  process.stderr.write(`${name} may log in as ${role}.\n`);
}

async function passwd(name: string, { generate }: { readonly generate: boolean }): Promise<void> {
  const password = generate ? generatePassword() : await readPassword();
  await withStore(process.env, ({ accounts }) => accounts.setPassword(name, password, operator()));
  if (generate) process.stdout.write(`${password}\n`);
  process.stderr.write(`${name} has a new password; earlier tokens are revoked.\n`);
}

async function disable(name: string): Promise<void> {
  await withStore(process.env, ({ accounts }) => accounts.disableUser(name, operator()));
  process.stderr.write(`${name} is disabled.\n`);
}
