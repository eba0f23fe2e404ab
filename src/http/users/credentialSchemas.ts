import { Type } from 'typebox';

/** Parts of bodies that name people. What the accounts then make of them is theirs: these keep out what no database can hold. */
export const NameSchema = Type.String({
  minLength: 1,
  maxLength: 128,
  pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]*$',
  description: 'Name of a user',
});

export const PasswordSchema = Type.String({ minLength: 1, maxLength: 1024, description: "The user's password" });

export const NewPasswordSchema = Type.String({ minLength: 1, maxLength: 1024, description: '12 to 256 characters' });

export const RoleSchema = Type.Enum(['submitter', 'radiologist', 'operator'], {
  type: 'string',
  description: 'What the account may do',
});
