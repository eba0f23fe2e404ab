import { type Answers, answerSchemas } from './answers.generated.js';
import { AnswerError, type AnswerSchema, checkAnswer } from './answerSchema.js';

/** The answers that the page reads, checked against the service's own schemas. */

export type Session = Answers['Session'];
export type User = Session['user'];
export type Role = User['role'];
export type Site = Answers['Site'];
export type Model = Answers['ModelSummary'];
export type ModelFacts = Pick<Model, keyof Model & keyof Site['model']>;
export type FilmReport = Answers['ReportView'];
type BoxedReport = Extract<FilmReport, { readonly detections: readonly unknown[] }>;
export type FilmBox = BoxedReport['detections'][number];
export type FilmImage = BoxedReport['image'];
export type ListItem = FilmReport &
  Pick<Answers['ListedReport'], Exclude<keyof Answers['ListedReport'], keyof FilmReport>>;
/** Whose film it is, as the sender stated it. Operators never see it. */
export type References = Answers['FilmReferences'];
/** Whether the film's pixels can be shown. */
export type FilmKeeping = ListItem['film'];
export type DetectionList = Omit<Answers['DetectionPage'], 'items'> & { readonly items: readonly ListItem[] };
export type Account = Answers['User'];
export type Token = Answers['TokenList']['items'][number];
export type IssuedToken = Answers['Token'];
export type Statistics = Answers['Statistics'];
export type Tally = Statistics['total'];
export type LoggedFilm = Answers['LoggedFilm'];

/** @throws {AnswerError} */
export type Reader<T> = (value: unknown) => T;

/** Reads one kind of answer: `reader('Session')`. */
export function reader<Name extends keyof Answers>(name: Name): Reader<Answers[Name]> {
  return (value) => {
    assertAnswer(value, name);
    return value;
  };
}

function assertAnswer<Name extends keyof Answers>(
  value: unknown,
  name: Name,
  schemas: Readonly<Record<string, AnswerSchema>> = answerSchemas,
): asserts value is Answers[Name] {
  checkAnswer(value, answerSchemas[name], schemas);
}

/** An event of the live tail. */
export const readLoggedFilm = reader('LoggedFilm');

const readModelSummary = reader('ModelSummary');
export const readModels: Reader<readonly Model[]> = (value) => listIn(value).map(readModelSummary);

/** Each film is read separately: one that can't be read must not hide the others. */
const anyReport = { ...answerSchemas, ListedReport: {} };

export const readPage: Reader<DetectionList> = (value) => {
  assertAnswer(value, 'DetectionPage', anyReport);
  return { ...value, items: value.items.map(readListItem) };
};

export const readPriors: Reader<readonly ListItem[]> = (value) => {
  assertAnswer(value, 'DetectionList', anyReport);
  return value.items.map(readListItem);
};

/**
 * A report in one of its three states. An unknown state or a report that can't be read becomes
 * `not-analysed` (`unreadable-answer`): the page must never show less than the server meant.
 */
export const readReport: Reader<FilmReport> = (value) => {
  try {
    assertAnswer(value, 'ReportView');
    return value;
  } catch (error) {
    return unreadable(value, error);
  }
};

const readListItem: Reader<ListItem> = (value) => {
  try {
    assertAnswer(value, 'ListedReport');
    return value;
  } catch (error) {
    return { ...unreadable(value, error), boxCount: null, film: { status: 'not-kept', sha256: null, expiresAt: null } };
  }
};

/** @throws {AnswerError} if not even the film's id can be read. */
function unreadable(value: unknown, why: unknown): Extract<FilmReport, { readonly state: 'not-analysed' }> {
  return {
    schemaVersion: 1,
    id: textIn(value, 'id'),
    createdAt: textIn(value, 'createdAt'),
    state: 'not-analysed',
    lookedFor: [],
    notice: '',
    model: { name: 'unknown', version: '', specSha256: '', onnxSha256: '' },
    provider: null,
    submitter: '',
    timings: { queueMs: 0, decodeMs: 0, inferMs: 0, postMs: 0 },
    image: null,
    reason: {
      code: 'unreadable-answer',
      detail: [
        `This page can't read the server's answer: ${why instanceof Error ? why.message : String(why)}`,
        "Reload the page; if that doesn't help, tell the people who run the service.",
      ].join(' '),
    },
  };
}

function textIn(value: unknown, name: string): string {
  const member: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  if (typeof member !== 'string') throw new AnswerError(name, 'text');
  return member;
}

function listIn(value: unknown): readonly unknown[] {
  const items: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'items') : undefined;
  if (!Array.isArray(items)) throw new AnswerError('items', 'a list');
  return items;
}
