import t from 'tap';
import { guessableBecause } from '../../src/guessable/guessablePassword.js';
import { hashPassword } from '../../src/auth/password.js';

const refused: Readonly<Record<string, readonly string[]>> = {
  'common one': [
    ...[
      'unbelievable',
      'administrator',
      'qazwsxedcrfv',
      'Password1234',
      'P@ssw0rd2024',
      'pa$$word!2025',
      '$unshine1987',
    ],
    ...['iloveyou2026!', 'letmein!!1999', 'drowssap1984', '1984Football', 'pass-word-2025', 'baseball1234567'],
  ],
  'shorter text, repeated': ['passwordpassword', 'abc1abc1abc1', 'qazxcqazxcqa', 'adminADMINadmin', 'Grüß!Grüß!Grüß!'],
  'follow the keyboard': [
    ...[
      '123456789012',
      '098765432109',
      'abcdefghijkl',
      'zyxwvutsrqponm',
      'qwertyuiop123',
      'asdfghjkl;12',
      '1qaz2wsx3edc',
    ],
    ...['QWERTZUIOPÜ1', 'azertyuiop12', '1234abcdqwer', '!@#$%^&*()_+', '１２３４５６７８９０１２'],
  ],
  'name of its account': ['eva.example.12', 'EvaExample2026', '!!Eva_Example!!', 'elpmaxeave2026', 'ev4.3xample2026'],
  'around this service': [
    ...['lesiondetector', 'Lesion-Detector', 'lesion detector', 'LesionDetector1!', 'l3si0n-d3t3ct0r', 'radiology2026'],
    ...['hospital1234', 'Radiologist!!', 'cxr-opacity1'],
  ],
};

t.test('a password that many have, or that the account suggests, is refused with the reason', async (t) => {
  for (const [reason, passwords] of Object.entries(refused))
    for (const password of passwords)
      await t.rejects(
        hashPassword(password, 'eva.example.12'),
        { code: 'bad-password', message: new RegExp(reason) },
        password,
      );
});

t.test('a text that only holds such a part is taken, whatever it is composed of', (t) => {
  const taken = [
    ...['correct horse battery', 'the analytical engine', 'only lower case letters', 'elefantenparade', '839201746582'],
    ...['my lesion detector at home', 'eva.example.12 likes long walks', 'xkqvz-password-wjgpt', 'dragon84729105'],
    ...['ein Fluss im Nebel', '今日は天気が良いので散歩に', '12345 windmills', '🙂🙃🙂🐘🙃🐘🙂🙂🐘🙃'],
  ];
  for (const password of taken) t.equal(guessableBecause(password, 'eva.example.12'), undefined, password);
  t.equal(guessableBecause('max938271645', 'max'), undefined, 'nine digits that nobody can guess');
  t.equal(guessableBecause('847362910456', '847362910456')?.includes('name'), true, 'a name without letters');
  t.end();
});

t.test('the longest password is judged at once, however it is made', (t) => {
  for (const part of ['a', '1', 'ab', 'qwerty', '!', 'p4', '\u{1F642}'])
    t.doesNotThrow(() => guessableBecause(part.repeat(256).slice(0, 256), part.repeat(64).slice(0, 64)), part);
  t.end();
});
