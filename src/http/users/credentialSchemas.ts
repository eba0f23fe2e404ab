import { Type } from 'typebox';

/** Parts of bodies that name people. They refuse what no database can store; accounts have further rules. */
export const NameSchema = Type.String({
  minLength: 1,
  maxLength: 128,
  pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]*$',
  description: 'Name of a user',
});

export const PasswordSchema = Type.String({ minLength: 1, maxLength: 1024, description: "The user's password" });

export const NewPasswordSchema = Type.String({
  minLength: 12,
  maxLength: 256,
  description:
    'No common password, repetition or sequence, nor the name of the account or the service with little added',
});

export const RoleSchema = Type.Enum(['submitter', 'radiologist', 'operator'], {
  type: 'string',
  description: 'What the account may do',
});
