import {
  type Account,
  type DetectionList,
  type FilmReport,
  type IssuedToken,
  type ListItem,
  type Model,
  readModels,
  readPage,
  readPriors,
  readReport,
  reader,
  type References,
  type Role,
  type Session,
  type Site,
  type Statistics,
  type Token,
} from './answers.js';
import type { ListQuery, StatisticsQuery } from './answers.generated.js';
import { type Connection, createConnection } from './connection.js';
import { ApiFault } from './fault.js';
import {
  detectionPath,
  type FilmPicture,
  type FilmQuery,
  type Grey16,
  type PictureForm,
  readFilm,
  readGrey16,
} from './film.js';
import { itemsOf } from './pages.js';
import { withQuery } from './query.js';
import { createSessionState, type SessionState } from './sessionState.js';
import { createSignedIn, type SignedInOptions } from './signedIn.js';
import { createTransport } from './transport.js';
import { sendFilm, type UploadRequest } from './upload.js';

export type {
  Account,
  DetectionList,
  FilmBox,
  FilmImage,
  FilmKeeping,
  FilmReport,
  IssuedToken,
  ListItem,
  LoggedFilm,
  Model,
  ModelFacts,
  References,
  Role,
  Session,
  Site,
  Statistics,
  Tally,
  Token,
  User,
} from './answers.js';
export { readLoggedFilm } from './answers.js';
export { ApiFault } from './fault.js';
export type { StatisticsQuery } from './answers.generated.js';
export type { FilmPicture, FilmQuery, Grey16, PictureForm } from './film.js';
export type { UploadFields, UploadRequest } from './upload.js';

/** Filters the list of films: the query of GET /v1/detections. */
export type DetectionFilter = Omit<ListQuery, keyof DetectionPaging>;
/** Which part of the list to fetch, and in which order. */
export type DetectionPaging = Pick<ListQuery, 'limit' | 'sort' | 'cursor' | 'count' | 'after'>;
export type FilmOrder = NonNullable<ListQuery['sort']>;

/**
 * The service as the page calls it; every call may throw ApiFault. Calls that only read wait while the server
 * is away. A call whose session has ended waits until the user has signed in again, and then continues.
 */
export interface Api {
  readonly session: SessionState;
  readonly connection: Connection;

  site(signal?: AbortSignal): Promise<Site>;
  setSignUp(signUp: boolean): Promise<Site>;

  /** The session that the cookie belongs to; undefined if nobody is signed in. */
  resume(signal?: AbortSignal): Promise<Session | undefined>;
  /** Checks the session of a signed-in user; if it has ended, the sign-in covers the page. */
  stillSignedIn(): Promise<void>;
  signIn(name: string, password: string): Promise<Session>;
  signOut(): Promise<void>;
  extend(): Promise<Session>;
  changePassword(current: string, next: string): Promise<Session>;
  signUp(name: string, password: string): Promise<void>;

  /** With `after`, the page polls on its own: it follows the log, and doesn't count as use of the session. */
  detections(query: ListQuery, signal?: AbortSignal): Promise<DetectionList>;
  /** `minScore` sets another threshold: 0, or the model's floor, returns every candidate that was kept. */
  detection(id: string, options?: { readonly minScore?: number; readonly signal?: AbortSignal }): Promise<FilmReport>;
  /** The report as it was logged, or its boxes as an overlay for the film. */
  reportFile(id: string, form?: 'overlay.svg'): Promise<Blob>;
  /** Whose film it is. Operators may not ask. */
  references(id: string, signal?: AbortSignal): Promise<References>;
  /** The other films of the same patient, newest first. */
  priors(id: string, signal?: AbortSignal): Promise<readonly ListItem[]>;
  film(id: string, form: PictureForm, query?: FilmQuery): Promise<FilmPicture>;
  grey16(id: string, query?: FilmQuery): Promise<Grey16>;
  /** For `<img src>`. */
  thumbnailPath(id: string): string;
  /** One attempt; the upload queue retries. */
  upload(request: UploadRequest): Promise<FilmReport>;
  deleteImage(sha256: string): Promise<void>;
  models(signal?: AbortSignal): Promise<readonly Model[]>;

  accounts(signal?: AbortSignal): Promise<readonly Account[]>;
  /** How many accounts wait for approval; polled by the page itself. For operators. */
  waitingAccounts(signal?: AbortSignal): Promise<number>;
  addAccount(account: { readonly name: string; readonly role: Role; readonly password: string }): Promise<Account>;
  changeAccount(
    name: string,
    change: {
      readonly role?: Role;
      readonly disabled?: boolean;
      readonly approved?: boolean;
      readonly password?: string;
    },
  ): Promise<Account>;
  /** The newest thousand, if there are more. */
  tokens(signal?: AbortSignal): Promise<readonly Token[]>;
  issueToken(token: {
    readonly label?: string;
    readonly expiresInDays?: number;
    readonly user?: string;
    readonly role?: Role;
  }): Promise<IssuedToken>;
  revokeToken(jti: string): Promise<void>;
  /** @param how `unattended`: the page polls on its own */
  statistics(query: StatisticsQuery, signal?: AbortSignal, how?: { readonly unattended: boolean }): Promise<Statistics>;
  /** A chart of the statistics. */
  plot(
    plot: 'volume' | 'states' | 'latency' | 'scores',
    query: StatisticsQuery,
    signal?: AbortSignal,
    how?: { readonly unattended: boolean },
  ): Promise<Blob>;
}

const readSession = reader('Session');
const readSite = reader('Site');
const readAccount = reader('User');
const readAccounts = reader('UserList');
const readTokens = reader('TokenList');
const mostTokens = 1000;
const readIssuedToken = reader('Token');
const readReferences = reader('FilmReferences');
const readStatistics = reader('Statistics');

export type ApiOptions = Pick<SignedInOptions, 'signInAgain' | 'userChanged'>;

export function createApi(options: ApiOptions): Api {
  const session = createSessionState();
  const connection = createConnection();
  const signedIn = createSignedIn({ session, resume, ...options });
  const transport = createTransport({ session, connection, ...signedIn });
  const { read, call } = transport;

  async function resume(signal?: AbortSignal): Promise<Session | undefined> {
    try {
      return await read(readSession, 'GET', '/v1/session', { signal, asksWhoYouAre: true });
    } catch (error) {
      if (error instanceof ApiFault && error.status === 401) return undefined;
      throw error;
    }
  }

  /** A session in an answer becomes the session of this page. */
  async function renewed(answer: Promise<Session>): Promise<Session> {
    session.set(await answer);
    return answer;
  }

  return {
    session,
    connection,

    site: (signal) => read(readSite, 'GET', '/v1/site', { signal, asksWhoYouAre: true }),
    setSignUp: (signUp) => read(readSite, 'PATCH', '/v1/site', { body: { signUp } }),

    async resume(signal) {
      const found = await resume(signal);
      session.set(found);
      return found;
    },
    async stillSignedIn() {
      await signedIn.take(await read(readSession, 'GET', '/v1/session'));
    },
    signIn: (name, password) =>
      renewed(read(readSession, 'POST', '/v1/session', { body: { name, password }, asksWhoYouAre: true })),
    async signOut() {
      await call('DELETE', '/v1/session', { asksWhoYouAre: true }).catch((error: unknown) => {
        // The session had already ended, which is what we wanted.
        if (!(error instanceof ApiFault && error.status === 401)) throw error;
      });
      session.set(undefined);
    },
    extend: () => renewed(read(readSession, 'POST', '/v1/session/extension', {})),
    changePassword: (current, next) =>
      renewed(read(readSession, 'PATCH', '/v1/session/password', { body: { current, next } })),
    async signUp(name, password) {
      await call('POST', '/v1/sign-ups', { body: { name, password }, asksWhoYouAre: true });
    },

    detections: (query, signal) =>
      read(readPage, 'GET', withQuery('/v1/detections', { ...query }), {
        signal,
        unattended: query.after !== undefined,
      }),
    detection: (id, { minScore, signal } = {}) =>
      read(readReport, 'GET', withQuery(detectionPath(id), { minScore }), { signal }),
    reportFile: async (id, form) =>
      (await transport.call('GET', `${detectionPath(id)}${form === undefined ? '' : `/${form}`}`)).blob(),
    references: (id, signal) => read(readReferences, 'GET', `${detectionPath(id)}/references`, { signal }),
    priors: (id, signal) => read(readPriors, 'GET', `${detectionPath(id)}/priors`, { signal }),
    film: (id, form, query) => readFilm(transport, id, form, query),
    grey16: (id, query) => readGrey16(transport, id, query),
    thumbnailPath: (id) => `${detectionPath(id)}/thumbnail`,
    upload: (request) => signedIn.withSession(() => sendFilm({ session, connection }, request)),
    models: (signal) => read(readModels, 'GET', '/v1/models', { signal }),
    async deleteImage(sha256) {
      await call('DELETE', `/v1/images/${encodeURIComponent(sha256)}`);
    },

    accounts: (signal) => itemsOf((query) => read(readAccounts, 'GET', withQuery('/v1/users', query), { signal })),
    async waitingAccounts(signal) {
      const items = await itemsOf((query) =>
        read(readAccounts, 'GET', withQuery('/v1/users', query), { signal, unattended: true }),
      );
      return items.filter(({ awaitingApproval }) => awaitingApproval).length;
    },
    addAccount: (account) => read(readAccount, 'POST', '/v1/users', { body: account }),
    changeAccount: (name, change) =>
      read(readAccount, 'PATCH', `/v1/users/${encodeURIComponent(name)}`, { body: change }),
    tokens: (signal) =>
      itemsOf((query) => read(readTokens, 'GET', withQuery('/v1/tokens', query), { signal }), mostTokens),
    issueToken: (token) => read(readIssuedToken, 'POST', '/v1/tokens', { body: token }),
    async revokeToken(jti) {
      await call('DELETE', `/v1/tokens/${encodeURIComponent(jti)}`);
    },
    statistics: (query, signal, { unattended } = { unattended: false }) =>
      read(readStatistics, 'GET', withQuery('/v1/statistics', { ...query }), { signal, unattended }),
    async plot(plot, query, signal, { unattended } = { unattended: false }) {
      const path = withQuery(`/v1/statistics/${plot}.svg`, { ...query });
      return (await call('GET', path, { signal, unattended })).blob();
    },
  };
}
