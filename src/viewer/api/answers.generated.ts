// Made by `npm run generate` from the schemas of src/http and src/report: change those.
import type { AnswerSchema } from './answerSchema.js';

export type BelowThresholdView = {
  readonly schemaVersion: 1;
  readonly id: string;
  readonly createdAt: string;
  readonly state: 'below-threshold';
  readonly lookedFor: readonly string[];
  readonly notice: string;
  readonly model: {
    readonly name: string;
    readonly version: string;
    readonly specSha256: string;
    readonly onnxSha256: string;
  };
  readonly provider: string | null;
  readonly image: {
    readonly sha256: string;
    readonly width: number;
    readonly height: number;
    readonly format: string;
    readonly bits: number;
    readonly preparation: {
      readonly window: readonly [number, number] | null;
      readonly inverted: boolean;
      readonly orientation: number;
      readonly rangeUsed?: number | undefined;
    };
    readonly dicom?:
      | {
          readonly sopClass?: string | undefined;
          readonly transferSyntax: string;
          readonly photometricInterpretation: string;
          readonly windowSource: 'voi' | 'voi-lut' | 'percentile' | 'none';
          readonly pixelSpacing: {
            readonly rowMm: number;
            readonly columnMm: number;
            readonly kind: 'calibrated' | 'detector' | 'unspecified';
          } | null;
          readonly lossy: boolean;
          readonly secondaryCapture: boolean;
        }
      | undefined;
  };
  readonly threshold: number;
  readonly filmScore: number;
  readonly attributes: Readonly<Record<string, number>> | null;
  readonly detections: readonly {
    readonly id: string;
    readonly class: string;
    readonly score: number;
    readonly scores: Readonly<Record<string, number>>;
    readonly attributes: Readonly<Record<string, number>>;
    readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  }[];
  readonly externalId?: string | undefined;
  readonly submitter: string;
  readonly timings: {
    readonly queueMs: number;
    readonly decodeMs: number;
    readonly inferMs: number;
    readonly postMs: number;
  };
  readonly asLogged?:
    | {
        readonly state: 'findings' | 'below-threshold' | 'not-analysed';
        readonly threshold: number;
        readonly candidateFloor: number;
      }
    | undefined;
};
export type DetectionList = { readonly items: readonly ListedReport[] };
export type DetectionPage = {
  readonly items: readonly ListedReport[];
  readonly nextCursor: string | null;
  readonly total?: number | null | undefined;
  readonly position?: number | undefined;
};
export type FilmReferences = {
  readonly patientRef?: string | undefined;
  readonly accessionNumber?: string | undefined;
  readonly studyInstanceUid?: string | undefined;
  readonly seriesInstanceUid?: string | undefined;
  readonly sopInstanceUid?: string | undefined;
  readonly externalId?: string | undefined;
  readonly studyDate?: string | undefined;
  readonly label?: string | undefined;
};
export type FindingsView = {
  readonly schemaVersion: 1;
  readonly id: string;
  readonly createdAt: string;
  readonly state: 'findings';
  readonly lookedFor: readonly string[];
  readonly notice: string;
  readonly model: {
    readonly name: string;
    readonly version: string;
    readonly specSha256: string;
    readonly onnxSha256: string;
  };
  readonly provider: string | null;
  readonly image: {
    readonly sha256: string;
    readonly width: number;
    readonly height: number;
    readonly format: string;
    readonly bits: number;
    readonly preparation: {
      readonly window: readonly [number, number] | null;
      readonly inverted: boolean;
      readonly orientation: number;
      readonly rangeUsed?: number | undefined;
    };
    readonly dicom?:
      | {
          readonly sopClass?: string | undefined;
          readonly transferSyntax: string;
          readonly photometricInterpretation: string;
          readonly windowSource: 'voi' | 'voi-lut' | 'percentile' | 'none';
          readonly pixelSpacing: {
            readonly rowMm: number;
            readonly columnMm: number;
            readonly kind: 'calibrated' | 'detector' | 'unspecified';
          } | null;
          readonly lossy: boolean;
          readonly secondaryCapture: boolean;
        }
      | undefined;
  };
  readonly threshold: number;
  readonly filmScore: number;
  readonly attributes: Readonly<Record<string, number>> | null;
  readonly detections: readonly {
    readonly id: string;
    readonly class: string;
    readonly score: number;
    readonly scores: Readonly<Record<string, number>>;
    readonly attributes: Readonly<Record<string, number>>;
    readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  }[];
  readonly externalId?: string | undefined;
  readonly submitter: string;
  readonly timings: {
    readonly queueMs: number;
    readonly decodeMs: number;
    readonly inferMs: number;
    readonly postMs: number;
  };
  readonly asLogged?:
    | {
        readonly state: 'findings' | 'below-threshold' | 'not-analysed';
        readonly threshold: number;
        readonly candidateFloor: number;
      }
    | undefined;
};
export type ListedBelowThreshold = {
  readonly schemaVersion: 1;
  readonly id: string;
  readonly createdAt: string;
  readonly state: 'below-threshold';
  readonly lookedFor: readonly string[];
  readonly notice: string;
  readonly model: {
    readonly name: string;
    readonly version: string;
    readonly specSha256: string;
    readonly onnxSha256: string;
  };
  readonly provider: string | null;
  readonly image: {
    readonly sha256: string;
    readonly width: number;
    readonly height: number;
    readonly format: string;
    readonly bits: number;
    readonly preparation: {
      readonly window: readonly [number, number] | null;
      readonly inverted: boolean;
      readonly orientation: number;
      readonly rangeUsed?: number | undefined;
    };
    readonly dicom?:
      | {
          readonly sopClass?: string | undefined;
          readonly transferSyntax: string;
          readonly photometricInterpretation: string;
          readonly windowSource: 'voi' | 'voi-lut' | 'percentile' | 'none';
          readonly pixelSpacing: {
            readonly rowMm: number;
            readonly columnMm: number;
            readonly kind: 'calibrated' | 'detector' | 'unspecified';
          } | null;
          readonly lossy: boolean;
          readonly secondaryCapture: boolean;
        }
      | undefined;
  };
  readonly threshold: number;
  readonly filmScore: number;
  readonly attributes: Readonly<Record<string, number>> | null;
  readonly detections: readonly {
    readonly id: string;
    readonly class: string;
    readonly score: number;
    readonly scores: Readonly<Record<string, number>>;
    readonly attributes: Readonly<Record<string, number>>;
    readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  }[];
  readonly externalId?: string | undefined;
  readonly submitter: string;
  readonly timings: {
    readonly queueMs: number;
    readonly decodeMs: number;
    readonly inferMs: number;
    readonly postMs: number;
  };
  readonly boxCount: number | null;
  readonly film: {
    readonly status: 'kept' | 'not-kept' | 'expired' | 'deleted';
    readonly sha256: string | null;
    readonly expiresAt: string | null;
  };
  readonly references?: FilmReferences | undefined;
};
export type ListedFindings = {
  readonly schemaVersion: 1;
  readonly id: string;
  readonly createdAt: string;
  readonly state: 'findings';
  readonly lookedFor: readonly string[];
  readonly notice: string;
  readonly model: {
    readonly name: string;
    readonly version: string;
    readonly specSha256: string;
    readonly onnxSha256: string;
  };
  readonly provider: string | null;
  readonly image: {
    readonly sha256: string;
    readonly width: number;
    readonly height: number;
    readonly format: string;
    readonly bits: number;
    readonly preparation: {
      readonly window: readonly [number, number] | null;
      readonly inverted: boolean;
      readonly orientation: number;
      readonly rangeUsed?: number | undefined;
    };
    readonly dicom?:
      | {
          readonly sopClass?: string | undefined;
          readonly transferSyntax: string;
          readonly photometricInterpretation: string;
          readonly windowSource: 'voi' | 'voi-lut' | 'percentile' | 'none';
          readonly pixelSpacing: {
            readonly rowMm: number;
            readonly columnMm: number;
            readonly kind: 'calibrated' | 'detector' | 'unspecified';
          } | null;
          readonly lossy: boolean;
          readonly secondaryCapture: boolean;
        }
      | undefined;
  };
  readonly threshold: number;
  readonly filmScore: number;
  readonly attributes: Readonly<Record<string, number>> | null;
  readonly detections: readonly {
    readonly id: string;
    readonly class: string;
    readonly score: number;
    readonly scores: Readonly<Record<string, number>>;
    readonly attributes: Readonly<Record<string, number>>;
    readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  }[];
  readonly externalId?: string | undefined;
  readonly submitter: string;
  readonly timings: {
    readonly queueMs: number;
    readonly decodeMs: number;
    readonly inferMs: number;
    readonly postMs: number;
  };
  readonly boxCount: number | null;
  readonly film: {
    readonly status: 'kept' | 'not-kept' | 'expired' | 'deleted';
    readonly sha256: string | null;
    readonly expiresAt: string | null;
  };
  readonly references?: FilmReferences | undefined;
};
export type ListedNotAnalysed = {
  readonly schemaVersion: 1;
  readonly id: string;
  readonly createdAt: string;
  readonly state: 'not-analysed';
  readonly lookedFor: readonly string[];
  readonly notice: string;
  readonly model: {
    readonly name: string;
    readonly version: string;
    readonly specSha256: string;
    readonly onnxSha256: string;
  };
  readonly provider: string | null;
  readonly image: {
    readonly sha256: string;
    readonly width: number;
    readonly height: number;
    readonly format: string;
    readonly bits: number;
    readonly preparation: {
      readonly window: readonly [number, number] | null;
      readonly inverted: boolean;
      readonly orientation: number;
      readonly rangeUsed?: number | undefined;
    };
    readonly dicom?:
      | {
          readonly sopClass?: string | undefined;
          readonly transferSyntax: string;
          readonly photometricInterpretation: string;
          readonly windowSource: 'voi' | 'voi-lut' | 'percentile' | 'none';
          readonly pixelSpacing: {
            readonly rowMm: number;
            readonly columnMm: number;
            readonly kind: 'calibrated' | 'detector' | 'unspecified';
          } | null;
          readonly lossy: boolean;
          readonly secondaryCapture: boolean;
        }
      | undefined;
  } | null;
  readonly reason: { readonly code: string; readonly detail: string };
  readonly externalId?: string | undefined;
  readonly submitter: string;
  readonly timings: {
    readonly queueMs: number;
    readonly decodeMs: number;
    readonly inferMs: number;
    readonly postMs: number;
  };
  readonly boxCount: number | null;
  readonly film: {
    readonly status: 'kept' | 'not-kept' | 'expired' | 'deleted';
    readonly sha256: string | null;
    readonly expiresAt: string | null;
  };
  readonly references?: FilmReferences | undefined;
};
export type ListedReport = ListedFindings | ListedBelowThreshold | ListedNotAnalysed;
export type LoggedFilm = {
  readonly id: string;
  readonly createdAt: string;
  readonly state: 'findings' | 'below-threshold' | 'not-analysed';
  readonly reason: string | null;
  readonly model: { readonly name: string; readonly version: string };
  readonly submitter: string;
  readonly filmScore: number | null;
  readonly boxCount: number | null;
  readonly latencyMs: number;
};
export type ModelSummary = {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly intendedUse: string;
  readonly threshold: number;
  readonly classes: readonly {
    readonly name: string;
    readonly title: string;
    readonly colour: string;
    readonly role: 'lesion' | 'attribute';
  }[];
  readonly default: boolean;
  readonly lookedFor: readonly string[];
  readonly notice: string;
  readonly provider: string | null;
  readonly specSha256: string;
  readonly onnxSha256: string;
};
export type NotAnalysed = {
  readonly schemaVersion: 1;
  readonly id: string;
  readonly createdAt: string;
  readonly state: 'not-analysed';
  readonly lookedFor: readonly string[];
  readonly notice: string;
  readonly model: {
    readonly name: string;
    readonly version: string;
    readonly specSha256: string;
    readonly onnxSha256: string;
  };
  readonly provider: string | null;
  readonly image: {
    readonly sha256: string;
    readonly width: number;
    readonly height: number;
    readonly format: string;
    readonly bits: number;
    readonly preparation: {
      readonly window: readonly [number, number] | null;
      readonly inverted: boolean;
      readonly orientation: number;
      readonly rangeUsed?: number | undefined;
    };
    readonly dicom?:
      | {
          readonly sopClass?: string | undefined;
          readonly transferSyntax: string;
          readonly photometricInterpretation: string;
          readonly windowSource: 'voi' | 'voi-lut' | 'percentile' | 'none';
          readonly pixelSpacing: {
            readonly rowMm: number;
            readonly columnMm: number;
            readonly kind: 'calibrated' | 'detector' | 'unspecified';
          } | null;
          readonly lossy: boolean;
          readonly secondaryCapture: boolean;
        }
      | undefined;
  } | null;
  readonly reason: { readonly code: string; readonly detail: string };
  readonly externalId?: string | undefined;
  readonly submitter: string;
  readonly timings: {
    readonly queueMs: number;
    readonly decodeMs: number;
    readonly inferMs: number;
    readonly postMs: number;
  };
};
export type ReportView = FindingsView | BelowThresholdView | NotAnalysed;
export type Session = {
  readonly user: { readonly name: string; readonly role: 'submitter' | 'radiologist' | 'operator' };
  readonly csrfToken: string;
  readonly expiresAt: string;
};
export type Site = {
  readonly imageStore: 'none' | 'disk';
  readonly keepDays: number;
  readonly signUp: boolean;
  readonly notice: string;
  readonly version: string;
  readonly sessionMinutes: number;
  readonly maxUploadBytes: number;
  readonly model: {
    readonly name: string;
    readonly version: string;
    readonly licence: string;
    readonly intendedUse: string;
    readonly threshold: number;
    readonly classes: readonly {
      readonly name: string;
      readonly title: string;
      readonly colour: string;
      readonly role: 'lesion' | 'attribute';
    }[];
    readonly candidateFloor: number;
  };
};
export type Statistics = {
  readonly from: string;
  readonly to: string;
  readonly total: {
    readonly findings: number;
    readonly belowThreshold: number;
    readonly notAnalysed: number;
    readonly latencyMs: { readonly p50: number; readonly p95: number } | null;
    readonly scoreDeciles: readonly number[] | null;
  };
  readonly days: readonly {
    readonly day: string;
    readonly findings: number;
    readonly belowThreshold: number;
    readonly notAnalysed: number;
    readonly latencyMs: { readonly p50: number; readonly p95: number } | null;
    readonly scoreDeciles: readonly number[] | null;
  }[];
  readonly models: readonly {
    readonly name: string;
    readonly version: string;
    readonly findings: number;
    readonly belowThreshold: number;
    readonly notAnalysed: number;
    readonly latencyMs: { readonly p50: number; readonly p95: number } | null;
    readonly scoreDeciles: readonly number[] | null;
  }[];
  readonly submitters: readonly {
    readonly name: string;
    readonly findings: number;
    readonly belowThreshold: number;
    readonly notAnalysed: number;
    readonly latencyMs: { readonly p50: number; readonly p95: number } | null;
    readonly scoreDeciles: readonly number[] | null;
  }[];
  readonly reasons: readonly { readonly code: string; readonly films: number }[];
};
export type Token = {
  readonly token: string;
  readonly tokenType: 'Bearer';
  readonly jti: string;
  readonly user: string;
  readonly role: 'submitter' | 'radiologist' | 'operator';
  readonly label: string | null;
  readonly expiresAt: string;
};
export type TokenList = {
  readonly items: readonly {
    readonly jti: string;
    readonly user: string;
    readonly role: 'submitter' | 'radiologist' | 'operator';
    readonly label: string | null;
    readonly expiresAt: string;
    readonly createdAt: string;
    readonly lastUsedAt: string | null;
    readonly revokedAt: string | null;
  }[];
  readonly nextCursor: string | null;
};
export type User = {
  readonly name: string;
  readonly role: 'submitter' | 'radiologist' | 'operator';
  readonly disabled: boolean;
  readonly awaitingApproval: boolean;
  readonly createdAt: string;
  readonly lastSeenAt: string | null;
};
export type UserList = { readonly items: readonly User[]; readonly nextCursor: string | null };
export type ListQuery = {
  readonly state?: 'findings' | 'below-threshold' | 'not-analysed' | undefined;
  readonly model?: string | undefined;
  readonly class?: string | undefined;
  readonly minFilmScore?: number | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly submitter?: string | undefined;
  readonly externalId?: string | undefined;
  readonly patientRef?: string | undefined;
  readonly accessionNumber?: string | undefined;
  readonly sha256?: string | undefined;
  readonly reviewed?: boolean | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
  readonly after?: number | undefined;
  readonly sort?: '-createdAt' | 'createdAt' | '-filmScore' | 'filmScore' | '-boxCount' | 'boxCount' | undefined;
  readonly count?: boolean | undefined;
};
export type StatisticsQuery = {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly model?: string | undefined;
  readonly submitter?: string | undefined;
};

export interface Answers {
  BelowThresholdView: BelowThresholdView;
  DetectionList: DetectionList;
  DetectionPage: DetectionPage;
  FilmReferences: FilmReferences;
  FindingsView: FindingsView;
  ListedBelowThreshold: ListedBelowThreshold;
  ListedFindings: ListedFindings;
  ListedNotAnalysed: ListedNotAnalysed;
  ListedReport: ListedReport;
  LoggedFilm: LoggedFilm;
  ModelSummary: ModelSummary;
  NotAnalysed: NotAnalysed;
  ReportView: ReportView;
  Session: Session;
  Site: Site;
  Statistics: Statistics;
  Token: Token;
  TokenList: TokenList;
  User: User;
  UserList: UserList;
}

export const answerSchemas: { readonly [Name in keyof Answers]: AnswerSchema } = {
  BelowThresholdView: {
    type: 'object',
    properties: {
      schemaVersion: { type: 'number', enum: [1] },
      id: { type: 'string' },
      createdAt: { type: 'string' },
      state: { type: 'string', enum: ['below-threshold'] },
      lookedFor: { type: 'array', items: { type: 'string' } },
      notice: { type: 'string' },
      model: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          version: { type: 'string' },
          specSha256: { type: 'string' },
          onnxSha256: { type: 'string' },
        },
        required: ['name', 'version', 'specSha256', 'onnxSha256'],
      },
      provider: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      image: {
        type: 'object',
        properties: {
          sha256: { type: 'string' },
          width: { type: 'integer' },
          height: { type: 'integer' },
          format: { type: 'string' },
          bits: { type: 'integer' },
          preparation: {
            type: 'object',
            properties: {
              window: {
                anyOf: [{ type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 }, { type: 'null' }],
              },
              inverted: { type: 'boolean' },
              orientation: { type: 'integer' },
              rangeUsed: { type: 'number' },
            },
            required: ['window', 'inverted', 'orientation'],
          },
          dicom: {
            type: 'object',
            properties: {
              sopClass: { type: 'string' },
              transferSyntax: { type: 'string' },
              photometricInterpretation: { type: 'string' },
              windowSource: {
                anyOf: [
                  { type: 'string', enum: ['voi'] },
                  { type: 'string', enum: ['voi-lut'] },
                  { type: 'string', enum: ['percentile'] },
                  { type: 'string', enum: ['none'] },
                ],
              },
              pixelSpacing: {
                anyOf: [
                  {
                    type: 'object',
                    properties: {
                      rowMm: { type: 'number' },
                      columnMm: { type: 'number' },
                      kind: {
                        anyOf: [
                          { type: 'string', enum: ['calibrated'] },
                          { type: 'string', enum: ['detector'] },
                          { type: 'string', enum: ['unspecified'] },
                        ],
                      },
                    },
                    required: ['rowMm', 'columnMm', 'kind'],
                  },
                  { type: 'null' },
                ],
              },
              lossy: { type: 'boolean' },
              secondaryCapture: { type: 'boolean' },
            },
            required: [
              'transferSyntax',
              'photometricInterpretation',
              'windowSource',
              'pixelSpacing',
              'lossy',
              'secondaryCapture',
            ],
          },
        },
        required: ['sha256', 'width', 'height', 'format', 'bits', 'preparation'],
      },
      threshold: { type: 'number' },
      filmScore: { type: 'number' },
      attributes: { anyOf: [{ type: 'object', values: { type: 'number' } }, { type: 'null' }] },
      detections: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            id: { type: 'string' },
            class: { type: 'string' },
            score: { type: 'number' },
            scores: { type: 'object', values: { type: 'number' } },
            attributes: { type: 'object', values: { type: 'number' } },
            box: {
              type: 'object',
              properties: {
                x: { type: 'number' },
                y: { type: 'number' },
                width: { type: 'number' },
                height: { type: 'number' },
              },
              required: ['x', 'y', 'width', 'height'],
            },
          },
          required: ['id', 'class', 'score', 'scores', 'attributes', 'box'],
        },
        maxItems: 0,
      },
      externalId: { type: 'string' },
      submitter: { type: 'string' },
      timings: {
        type: 'object',
        properties: {
          queueMs: { type: 'number' },
          decodeMs: { type: 'number' },
          inferMs: { type: 'number' },
          postMs: { type: 'number' },
        },
        required: ['queueMs', 'decodeMs', 'inferMs', 'postMs'],
      },
      asLogged: {
        type: 'object',
        properties: {
          state: { type: 'string', enum: ['findings', 'below-threshold', 'not-analysed'] },
          threshold: { type: 'number' },
          candidateFloor: { type: 'number' },
        },
        required: ['state', 'threshold', 'candidateFloor'],
      },
    },
    required: [
      'schemaVersion',
      'id',
      'createdAt',
      'state',
      'lookedFor',
      'notice',
      'model',
      'provider',
      'image',
      'threshold',
      'filmScore',
      'attributes',
      'detections',
      'submitter',
      'timings',
    ],
  },
  DetectionList: {
    type: 'object',
    properties: { items: { type: 'array', items: { $ref: 'ListedReport' } } },
    required: ['items'],
  },
  DetectionPage: {
    type: 'object',
    properties: {
      items: { type: 'array', items: { $ref: 'ListedReport' } },
      nextCursor: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      total: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
      position: { type: 'integer' },
    },
    required: ['items', 'nextCursor'],
  },
  FilmReferences: {
    type: 'object',
    properties: {
      patientRef: { type: 'string' },
      accessionNumber: { type: 'string' },
      studyInstanceUid: { type: 'string' },
      seriesInstanceUid: { type: 'string' },
      sopInstanceUid: { type: 'string' },
      externalId: { type: 'string' },
      studyDate: { type: 'string' },
      label: { type: 'string' },
    },
  },
  FindingsView: {
    type: 'object',
    properties: {
      schemaVersion: { type: 'number', enum: [1] },
      id: { type: 'string' },
      createdAt: { type: 'string' },
      state: { type: 'string', enum: ['findings'] },
      lookedFor: { type: 'array', items: { type: 'string' } },
      notice: { type: 'string' },
      model: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          version: { type: 'string' },
          specSha256: { type: 'string' },
          onnxSha256: { type: 'string' },
        },
        required: ['name', 'version', 'specSha256', 'onnxSha256'],
      },
      provider: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      image: {
        type: 'object',
        properties: {
          sha256: { type: 'string' },
          width: { type: 'integer' },
          height: { type: 'integer' },
          format: { type: 'string' },
          bits: { type: 'integer' },
          preparation: {
            type: 'object',
            properties: {
              window: {
                anyOf: [{ type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 }, { type: 'null' }],
              },
              inverted: { type: 'boolean' },
              orientation: { type: 'integer' },
              rangeUsed: { type: 'number' },
            },
            required: ['window', 'inverted', 'orientation'],
          },
          dicom: {
            type: 'object',
            properties: {
              sopClass: { type: 'string' },
              transferSyntax: { type: 'string' },
              photometricInterpretation: { type: 'string' },
              windowSource: {
                anyOf: [
                  { type: 'string', enum: ['voi'] },
                  { type: 'string', enum: ['voi-lut'] },
                  { type: 'string', enum: ['percentile'] },
                  { type: 'string', enum: ['none'] },
                ],
              },
              pixelSpacing: {
                anyOf: [
                  {
                    type: 'object',
                    properties: {
                      rowMm: { type: 'number' },
                      columnMm: { type: 'number' },
                      kind: {
                        anyOf: [
                          { type: 'string', enum: ['calibrated'] },
                          { type: 'string', enum: ['detector'] },
                          { type: 'string', enum: ['unspecified'] },
                        ],
                      },
                    },
                    required: ['rowMm', 'columnMm', 'kind'],
                  },
                  { type: 'null' },
                ],
              },
              lossy: { type: 'boolean' },
              secondaryCapture: { type: 'boolean' },
            },
            required: [
              'transferSyntax',
              'photometricInterpretation',
              'windowSource',
              'pixelSpacing',
              'lossy',
              'secondaryCapture',
            ],
          },
        },
        required: ['sha256', 'width', 'height', 'format', 'bits', 'preparation'],
      },
      threshold: { type: 'number' },
      filmScore: { type: 'number' },
      attributes: { anyOf: [{ type: 'object', values: { type: 'number' } }, { type: 'null' }] },
      detections: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            id: { type: 'string' },
            class: { type: 'string' },
            score: { type: 'number' },
            scores: { type: 'object', values: { type: 'number' } },
            attributes: { type: 'object', values: { type: 'number' } },
            box: {
              type: 'object',
              properties: {
                x: { type: 'number' },
                y: { type: 'number' },
                width: { type: 'number' },
                height: { type: 'number' },
              },
              required: ['x', 'y', 'width', 'height'],
            },
          },
          required: ['id', 'class', 'score', 'scores', 'attributes', 'box'],
        },
        minItems: 1,
      },
      externalId: { type: 'string' },
      submitter: { type: 'string' },
      timings: {
        type: 'object',
        properties: {
          queueMs: { type: 'number' },
          decodeMs: { type: 'number' },
          inferMs: { type: 'number' },
          postMs: { type: 'number' },
        },
        required: ['queueMs', 'decodeMs', 'inferMs', 'postMs'],
      },
      asLogged: {
        type: 'object',
        properties: {
          state: { type: 'string', enum: ['findings', 'below-threshold', 'not-analysed'] },
          threshold: { type: 'number' },
          candidateFloor: { type: 'number' },
        },
        required: ['state', 'threshold', 'candidateFloor'],
      },
    },
    required: [
      'schemaVersion',
      'id',
      'createdAt',
      'state',
      'lookedFor',
      'notice',
      'model',
      'provider',
      'image',
      'threshold',
      'filmScore',
      'attributes',
      'detections',
      'submitter',
      'timings',
    ],
  },
  ListedBelowThreshold: {
    type: 'object',
    properties: {
      schemaVersion: { type: 'number', enum: [1] },
      id: { type: 'string' },
      createdAt: { type: 'string' },
      state: { type: 'string', enum: ['below-threshold'] },
      lookedFor: { type: 'array', items: { type: 'string' } },
      notice: { type: 'string' },
      model: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          version: { type: 'string' },
          specSha256: { type: 'string' },
          onnxSha256: { type: 'string' },
        },
        required: ['name', 'version', 'specSha256', 'onnxSha256'],
      },
      provider: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      image: {
        type: 'object',
        properties: {
          sha256: { type: 'string' },
          width: { type: 'integer' },
          height: { type: 'integer' },
          format: { type: 'string' },
          bits: { type: 'integer' },
          preparation: {
            type: 'object',
            properties: {
              window: {
                anyOf: [{ type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 }, { type: 'null' }],
              },
              inverted: { type: 'boolean' },
              orientation: { type: 'integer' },
              rangeUsed: { type: 'number' },
            },
            required: ['window', 'inverted', 'orientation'],
          },
          dicom: {
            type: 'object',
            properties: {
              sopClass: { type: 'string' },
              transferSyntax: { type: 'string' },
              photometricInterpretation: { type: 'string' },
              windowSource: {
                anyOf: [
                  { type: 'string', enum: ['voi'] },
                  { type: 'string', enum: ['voi-lut'] },
                  { type: 'string', enum: ['percentile'] },
                  { type: 'string', enum: ['none'] },
                ],
              },
              pixelSpacing: {
                anyOf: [
                  {
                    type: 'object',
                    properties: {
                      rowMm: { type: 'number' },
                      columnMm: { type: 'number' },
                      kind: {
                        anyOf: [
                          { type: 'string', enum: ['calibrated'] },
                          { type: 'string', enum: ['detector'] },
                          { type: 'string', enum: ['unspecified'] },
                        ],
                      },
                    },
                    required: ['rowMm', 'columnMm', 'kind'],
                  },
                  { type: 'null' },
                ],
              },
              lossy: { type: 'boolean' },
              secondaryCapture: { type: 'boolean' },
            },
            required: [
              'transferSyntax',
              'photometricInterpretation',
              'windowSource',
              'pixelSpacing',
              'lossy',
              'secondaryCapture',
            ],
          },
        },
        required: ['sha256', 'width', 'height', 'format', 'bits', 'preparation'],
      },
      threshold: { type: 'number' },
      filmScore: { type: 'number' },
      attributes: { anyOf: [{ type: 'object', values: { type: 'number' } }, { type: 'null' }] },
      detections: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            id: { type: 'string' },
            class: { type: 'string' },
            score: { type: 'number' },
            scores: { type: 'object', values: { type: 'number' } },
            attributes: { type: 'object', values: { type: 'number' } },
            box: {
              type: 'object',
              properties: {
                x: { type: 'number' },
                y: { type: 'number' },
                width: { type: 'number' },
                height: { type: 'number' },
              },
              required: ['x', 'y', 'width', 'height'],
            },
          },
          required: ['id', 'class', 'score', 'scores', 'attributes', 'box'],
        },
        maxItems: 0,
      },
      externalId: { type: 'string' },
      submitter: { type: 'string' },
      timings: {
        type: 'object',
        properties: {
          queueMs: { type: 'number' },
          decodeMs: { type: 'number' },
          inferMs: { type: 'number' },
          postMs: { type: 'number' },
        },
        required: ['queueMs', 'decodeMs', 'inferMs', 'postMs'],
      },
      boxCount: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
      film: {
        type: 'object',
        properties: {
          status: { type: 'string', enum: ['kept', 'not-kept', 'expired', 'deleted'] },
          sha256: { anyOf: [{ type: 'string' }, { type: 'null' }] },
          expiresAt: { anyOf: [{ type: 'string' }, { type: 'null' }] },
        },
        required: ['status', 'sha256', 'expiresAt'],
      },
      references: { $ref: 'FilmReferences' },
    },
    required: [
      'schemaVersion',
      'id',
      'createdAt',
      'state',
      'lookedFor',
      'notice',
      'model',
      'provider',
      'image',
      'threshold',
      'filmScore',
      'attributes',
      'detections',
      'submitter',
      'timings',
      'boxCount',
      'film',
    ],
  },
  ListedFindings: {
    type: 'object',
    properties: {
      schemaVersion: { type: 'number', enum: [1] },
      id: { type: 'string' },
      createdAt: { type: 'string' },
      state: { type: 'string', enum: ['findings'] },
      lookedFor: { type: 'array', items: { type: 'string' } },
      notice: { type: 'string' },
      model: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          version: { type: 'string' },
          specSha256: { type: 'string' },
          onnxSha256: { type: 'string' },
        },
        required: ['name', 'version', 'specSha256', 'onnxSha256'],
      },
      provider: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      image: {
        type: 'object',
        properties: {
          sha256: { type: 'string' },
          width: { type: 'integer' },
          height: { type: 'integer' },
          format: { type: 'string' },
          bits: { type: 'integer' },
          preparation: {
            type: 'object',
            properties: {
              window: {
                anyOf: [{ type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 }, { type: 'null' }],
              },
              inverted: { type: 'boolean' },
              orientation: { type: 'integer' },
              rangeUsed: { type: 'number' },
            },
            required: ['window', 'inverted', 'orientation'],
          },
          dicom: {
            type: 'object',
            properties: {
              sopClass: { type: 'string' },
              transferSyntax: { type: 'string' },
              photometricInterpretation: { type: 'string' },
              windowSource: {
                anyOf: [
                  { type: 'string', enum: ['voi'] },
                  { type: 'string', enum: ['voi-lut'] },
                  { type: 'string', enum: ['percentile'] },
                  { type: 'string', enum: ['none'] },
                ],
              },
              pixelSpacing: {
                anyOf: [
                  {
                    type: 'object',
                    properties: {
                      rowMm: { type: 'number' },
                      columnMm: { type: 'number' },
                      kind: {
                        anyOf: [
                          { type: 'string', enum: ['calibrated'] },
                          { type: 'string', enum: ['detector'] },
                          { type: 'string', enum: ['unspecified'] },
                        ],
                      },
                    },
                    required: ['rowMm', 'columnMm', 'kind'],
                  },
                  { type: 'null' },
                ],
              },
              lossy: { type: 'boolean' },
              secondaryCapture: { type: 'boolean' },
            },
            required: [
              'transferSyntax',
              'photometricInterpretation',
              'windowSource',
              'pixelSpacing',
              'lossy',
              'secondaryCapture',
            ],
          },
        },
        required: ['sha256', 'width', 'height', 'format', 'bits', 'preparation'],
      },
      threshold: { type: 'number' },
      filmScore: { type: 'number' },
      attributes: { anyOf: [{ type: 'object', values: { type: 'number' } }, { type: 'null' }] },
      detections: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            id: { type: 'string' },
            class: { type: 'string' },
            score: { type: 'number' },
            scores: { type: 'object', values: { type: 'number' } },
            attributes: { type: 'object', values: { type: 'number' } },
            box: {
              type: 'object',
              properties: {
                x: { type: 'number' },
                y: { type: 'number' },
                width: { type: 'number' },
                height: { type: 'number' },
              },
              required: ['x', 'y', 'width', 'height'],
            },
          },
          required: ['id', 'class', 'score', 'scores', 'attributes', 'box'],
        },
        minItems: 1,
      },
      externalId: { type: 'string' },
      submitter: { type: 'string' },
      timings: {
        type: 'object',
        properties: {
          queueMs: { type: 'number' },
          decodeMs: { type: 'number' },
          inferMs: { type: 'number' },
          postMs: { type: 'number' },
        },
        required: ['queueMs', 'decodeMs', 'inferMs', 'postMs'],
      },
      boxCount: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
      film: {
        type: 'object',
        properties: {
          status: { type: 'string', enum: ['kept', 'not-kept', 'expired', 'deleted'] },
          sha256: { anyOf: [{ type: 'string' }, { type: 'null' }] },
          expiresAt: { anyOf: [{ type: 'string' }, { type: 'null' }] },
        },
        required: ['status', 'sha256', 'expiresAt'],
      },
      references: { $ref: 'FilmReferences' },
    },
    required: [
      'schemaVersion',
      'id',
      'createdAt',
      'state',
      'lookedFor',
      'notice',
      'model',
      'provider',
      'image',
      'threshold',
      'filmScore',
      'attributes',
      'detections',
      'submitter',
      'timings',
      'boxCount',
      'film',
    ],
  },
  ListedNotAnalysed: {
    type: 'object',
    properties: {
      schemaVersion: { type: 'number', enum: [1] },
      id: { type: 'string' },
      createdAt: { type: 'string' },
      state: { type: 'string', enum: ['not-analysed'] },
      lookedFor: { type: 'array', items: { type: 'string' } },
      notice: { type: 'string' },
      model: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          version: { type: 'string' },
          specSha256: { type: 'string' },
          onnxSha256: { type: 'string' },
        },
        required: ['name', 'version', 'specSha256', 'onnxSha256'],
      },
      provider: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      image: {
        anyOf: [
          {
            type: 'object',
            properties: {
              sha256: { type: 'string' },
              width: { type: 'integer' },
              height: { type: 'integer' },
              format: { type: 'string' },
              bits: { type: 'integer' },
              preparation: {
                type: 'object',
                properties: {
                  window: {
                    anyOf: [{ type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 }, { type: 'null' }],
                  },
                  inverted: { type: 'boolean' },
                  orientation: { type: 'integer' },
                  rangeUsed: { type: 'number' },
                },
                required: ['window', 'inverted', 'orientation'],
              },
              dicom: {
                type: 'object',
                properties: {
                  sopClass: { type: 'string' },
                  transferSyntax: { type: 'string' },
                  photometricInterpretation: { type: 'string' },
                  windowSource: {
                    anyOf: [
                      { type: 'string', enum: ['voi'] },
                      { type: 'string', enum: ['voi-lut'] },
                      { type: 'string', enum: ['percentile'] },
                      { type: 'string', enum: ['none'] },
                    ],
                  },
                  pixelSpacing: {
                    anyOf: [
                      {
                        type: 'object',
                        properties: {
                          rowMm: { type: 'number' },
                          columnMm: { type: 'number' },
                          kind: {
                            anyOf: [
                              { type: 'string', enum: ['calibrated'] },
                              { type: 'string', enum: ['detector'] },
                              { type: 'string', enum: ['unspecified'] },
                            ],
                          },
                        },
                        required: ['rowMm', 'columnMm', 'kind'],
                      },
                      { type: 'null' },
                    ],
                  },
                  lossy: { type: 'boolean' },
                  secondaryCapture: { type: 'boolean' },
                },
                required: [
                  'transferSyntax',
                  'photometricInterpretation',
                  'windowSource',
                  'pixelSpacing',
                  'lossy',
                  'secondaryCapture',
                ],
              },
            },
            required: ['sha256', 'width', 'height', 'format', 'bits', 'preparation'],
          },
          { type: 'null' },
        ],
      },
      reason: {
        type: 'object',
        properties: { code: { type: 'string' }, detail: { type: 'string' } },
        required: ['code', 'detail'],
      },
      externalId: { type: 'string' },
      submitter: { type: 'string' },
      timings: {
        type: 'object',
        properties: {
          queueMs: { type: 'number' },
          decodeMs: { type: 'number' },
          inferMs: { type: 'number' },
          postMs: { type: 'number' },
        },
        required: ['queueMs', 'decodeMs', 'inferMs', 'postMs'],
      },
      boxCount: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
      film: {
        type: 'object',
        properties: {
          status: { type: 'string', enum: ['kept', 'not-kept', 'expired', 'deleted'] },
          sha256: { anyOf: [{ type: 'string' }, { type: 'null' }] },
          expiresAt: { anyOf: [{ type: 'string' }, { type: 'null' }] },
        },
        required: ['status', 'sha256', 'expiresAt'],
      },
      references: { $ref: 'FilmReferences' },
    },
    required: [
      'schemaVersion',
      'id',
      'createdAt',
      'state',
      'lookedFor',
      'notice',
      'model',
      'provider',
      'image',
      'reason',
      'submitter',
      'timings',
      'boxCount',
      'film',
    ],
  },
  ListedReport: {
    anyOf: [{ $ref: 'ListedFindings' }, { $ref: 'ListedBelowThreshold' }, { $ref: 'ListedNotAnalysed' }],
  },
  LoggedFilm: {
    type: 'object',
    properties: {
      id: { type: 'string' },
      createdAt: { type: 'string' },
      state: { type: 'string', enum: ['findings', 'below-threshold', 'not-analysed'] },
      reason: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      model: {
        type: 'object',
        properties: { name: { type: 'string' }, version: { type: 'string' } },
        required: ['name', 'version'],
      },
      submitter: { type: 'string' },
      filmScore: { anyOf: [{ type: 'number' }, { type: 'null' }] },
      boxCount: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
      latencyMs: { type: 'number' },
    },
    required: ['id', 'createdAt', 'state', 'reason', 'model', 'submitter', 'filmScore', 'boxCount', 'latencyMs'],
  },
  ModelSummary: {
    type: 'object',
    properties: {
      name: { type: 'string' },
      version: { type: 'string' },
      licence: { type: 'string' },
      intendedUse: { type: 'string' },
      threshold: { type: 'number' },
      classes: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            name: { type: 'string' },
            title: { type: 'string' },
            colour: { type: 'string' },
            role: { type: 'string', enum: ['lesion', 'attribute'] },
          },
          required: ['name', 'title', 'colour', 'role'],
        },
      },
      default: { type: 'boolean' },
      lookedFor: { type: 'array', items: { type: 'string' } },
      notice: { type: 'string' },
      provider: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      specSha256: { type: 'string' },
      onnxSha256: { type: 'string' },
    },
    required: [
      'name',
      'version',
      'licence',
      'intendedUse',
      'threshold',
      'classes',
      'default',
      'lookedFor',
      'notice',
      'provider',
      'specSha256',
      'onnxSha256',
    ],
  },
  NotAnalysed: {
    type: 'object',
    properties: {
      schemaVersion: { type: 'number', enum: [1] },
      id: { type: 'string' },
      createdAt: { type: 'string' },
      state: { type: 'string', enum: ['not-analysed'] },
      lookedFor: { type: 'array', items: { type: 'string' } },
      notice: { type: 'string' },
      model: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          version: { type: 'string' },
          specSha256: { type: 'string' },
          onnxSha256: { type: 'string' },
        },
        required: ['name', 'version', 'specSha256', 'onnxSha256'],
      },
      provider: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      image: {
        anyOf: [
          {
            type: 'object',
            properties: {
              sha256: { type: 'string' },
              width: { type: 'integer' },
              height: { type: 'integer' },
              format: { type: 'string' },
              bits: { type: 'integer' },
              preparation: {
                type: 'object',
                properties: {
                  window: {
                    anyOf: [{ type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 }, { type: 'null' }],
                  },
                  inverted: { type: 'boolean' },
                  orientation: { type: 'integer' },
                  rangeUsed: { type: 'number' },
                },
                required: ['window', 'inverted', 'orientation'],
              },
              dicom: {
                type: 'object',
                properties: {
                  sopClass: { type: 'string' },
                  transferSyntax: { type: 'string' },
                  photometricInterpretation: { type: 'string' },
                  windowSource: {
                    anyOf: [
                      { type: 'string', enum: ['voi'] },
                      { type: 'string', enum: ['voi-lut'] },
                      { type: 'string', enum: ['percentile'] },
                      { type: 'string', enum: ['none'] },
                    ],
                  },
                  pixelSpacing: {
                    anyOf: [
                      {
                        type: 'object',
                        properties: {
                          rowMm: { type: 'number' },
                          columnMm: { type: 'number' },
                          kind: {
                            anyOf: [
                              { type: 'string', enum: ['calibrated'] },
                              { type: 'string', enum: ['detector'] },
                              { type: 'string', enum: ['unspecified'] },
                            ],
                          },
                        },
                        required: ['rowMm', 'columnMm', 'kind'],
                      },
                      { type: 'null' },
                    ],
                  },
                  lossy: { type: 'boolean' },
                  secondaryCapture: { type: 'boolean' },
                },
                required: [
                  'transferSyntax',
                  'photometricInterpretation',
                  'windowSource',
                  'pixelSpacing',
                  'lossy',
                  'secondaryCapture',
                ],
              },
            },
            required: ['sha256', 'width', 'height', 'format', 'bits', 'preparation'],
          },
          { type: 'null' },
        ],
      },
      reason: {
        type: 'object',
        properties: { code: { type: 'string' }, detail: { type: 'string' } },
        required: ['code', 'detail'],
      },
      externalId: { type: 'string' },
      submitter: { type: 'string' },
      timings: {
        type: 'object',
        properties: {
          queueMs: { type: 'number' },
          decodeMs: { type: 'number' },
          inferMs: { type: 'number' },
          postMs: { type: 'number' },
        },
        required: ['queueMs', 'decodeMs', 'inferMs', 'postMs'],
      },
    },
    required: [
      'schemaVersion',
      'id',
      'createdAt',
      'state',
      'lookedFor',
      'notice',
      'model',
      'provider',
      'image',
      'reason',
      'submitter',
      'timings',
    ],
  },
  ReportView: { anyOf: [{ $ref: 'FindingsView' }, { $ref: 'BelowThresholdView' }, { $ref: 'NotAnalysed' }] },
  Session: {
    type: 'object',
    properties: {
      user: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          role: { type: 'string', enum: ['submitter', 'radiologist', 'operator'] },
        },
        required: ['name', 'role'],
      },
      csrfToken: { type: 'string' },
      expiresAt: { type: 'string' },
    },
    required: ['user', 'csrfToken', 'expiresAt'],
  },
  Site: {
    type: 'object',
    properties: {
      imageStore: { type: 'string', enum: ['none', 'disk'] },
      keepDays: { type: 'integer' },
      signUp: { type: 'boolean' },
      notice: { type: 'string' },
      version: { type: 'string' },
      sessionMinutes: { type: 'number' },
      maxUploadBytes: { type: 'integer' },
      model: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          version: { type: 'string' },
          licence: { type: 'string' },
          intendedUse: { type: 'string' },
          threshold: { type: 'number' },
          classes: {
            type: 'array',
            items: {
              type: 'object',
              properties: {
                name: { type: 'string' },
                title: { type: 'string' },
                colour: { type: 'string' },
                role: { type: 'string', enum: ['lesion', 'attribute'] },
              },
              required: ['name', 'title', 'colour', 'role'],
            },
          },
          candidateFloor: { type: 'number' },
        },
        required: ['name', 'version', 'licence', 'intendedUse', 'threshold', 'classes', 'candidateFloor'],
      },
    },
    required: ['imageStore', 'keepDays', 'signUp', 'notice', 'version', 'sessionMinutes', 'maxUploadBytes', 'model'],
  },
  Statistics: {
    type: 'object',
    properties: {
      from: { type: 'string' },
      to: { type: 'string' },
      total: {
        type: 'object',
        properties: {
          findings: { type: 'integer' },
          belowThreshold: { type: 'integer' },
          notAnalysed: { type: 'integer' },
          latencyMs: {
            anyOf: [
              {
                type: 'object',
                properties: { p50: { type: 'number' }, p95: { type: 'number' } },
                required: ['p50', 'p95'],
              },
              { type: 'null' },
            ],
          },
          scoreDeciles: {
            anyOf: [{ type: 'array', items: { type: 'number' }, minItems: 9, maxItems: 9 }, { type: 'null' }],
          },
        },
        required: ['findings', 'belowThreshold', 'notAnalysed', 'latencyMs', 'scoreDeciles'],
      },
      days: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            day: { type: 'string' },
            findings: { type: 'integer' },
            belowThreshold: { type: 'integer' },
            notAnalysed: { type: 'integer' },
            latencyMs: {
              anyOf: [
                {
                  type: 'object',
                  properties: { p50: { type: 'number' }, p95: { type: 'number' } },
                  required: ['p50', 'p95'],
                },
                { type: 'null' },
              ],
            },
            scoreDeciles: {
              anyOf: [{ type: 'array', items: { type: 'number' }, minItems: 9, maxItems: 9 }, { type: 'null' }],
            },
          },
          required: ['day', 'findings', 'belowThreshold', 'notAnalysed', 'latencyMs', 'scoreDeciles'],
        },
      },
      models: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            name: { type: 'string' },
            version: { type: 'string' },
            findings: { type: 'integer' },
            belowThreshold: { type: 'integer' },
            notAnalysed: { type: 'integer' },
            latencyMs: {
              anyOf: [
                {
                  type: 'object',
                  properties: { p50: { type: 'number' }, p95: { type: 'number' } },
                  required: ['p50', 'p95'],
                },
                { type: 'null' },
              ],
            },
            scoreDeciles: {
              anyOf: [{ type: 'array', items: { type: 'number' }, minItems: 9, maxItems: 9 }, { type: 'null' }],
            },
          },
          required: ['name', 'version', 'findings', 'belowThreshold', 'notAnalysed', 'latencyMs', 'scoreDeciles'],
        },
      },
      submitters: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            name: { type: 'string' },
            findings: { type: 'integer' },
            belowThreshold: { type: 'integer' },
            notAnalysed: { type: 'integer' },
            latencyMs: {
              anyOf: [
                {
                  type: 'object',
                  properties: { p50: { type: 'number' }, p95: { type: 'number' } },
                  required: ['p50', 'p95'],
                },
                { type: 'null' },
              ],
            },
            scoreDeciles: {
              anyOf: [{ type: 'array', items: { type: 'number' }, minItems: 9, maxItems: 9 }, { type: 'null' }],
            },
          },
          required: ['name', 'findings', 'belowThreshold', 'notAnalysed', 'latencyMs', 'scoreDeciles'],
        },
      },
      reasons: {
        type: 'array',
        items: {
          type: 'object',
          properties: { code: { type: 'string' }, films: { type: 'integer' } },
          required: ['code', 'films'],
        },
      },
    },
    required: ['from', 'to', 'total', 'days', 'models', 'submitters', 'reasons'],
  },
  Token: {
    type: 'object',
    properties: {
      token: { type: 'string' },
      tokenType: { type: 'string', enum: ['Bearer'] },
      jti: { type: 'string' },
      user: { type: 'string' },
      role: { type: 'string', enum: ['submitter', 'radiologist', 'operator'] },
      label: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      expiresAt: { type: 'string' },
    },
    required: ['token', 'tokenType', 'jti', 'user', 'role', 'label', 'expiresAt'],
  },
  TokenList: {
    type: 'object',
    properties: {
      items: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            jti: { type: 'string' },
            user: { type: 'string' },
            role: { type: 'string', enum: ['submitter', 'radiologist', 'operator'] },
            label: { anyOf: [{ type: 'string' }, { type: 'null' }] },
            expiresAt: { type: 'string' },
            createdAt: { type: 'string' },
            lastUsedAt: { anyOf: [{ type: 'string' }, { type: 'null' }] },
            revokedAt: { anyOf: [{ type: 'string' }, { type: 'null' }] },
          },
          required: ['jti', 'user', 'role', 'label', 'expiresAt', 'createdAt', 'lastUsedAt', 'revokedAt'],
        },
      },
      nextCursor: { anyOf: [{ type: 'string' }, { type: 'null' }] },
    },
    required: ['items', 'nextCursor'],
  },
  User: {
    type: 'object',
    properties: {
      name: { type: 'string' },
      role: { type: 'string', enum: ['submitter', 'radiologist', 'operator'] },
      disabled: { type: 'boolean' },
      awaitingApproval: { type: 'boolean' },
      createdAt: { type: 'string' },
      lastSeenAt: { anyOf: [{ type: 'string' }, { type: 'null' }] },
    },
    required: ['name', 'role', 'disabled', 'awaitingApproval', 'createdAt', 'lastSeenAt'],
  },
  UserList: {
    type: 'object',
    properties: {
      items: { type: 'array', items: { $ref: 'User' } },
      nextCursor: { anyOf: [{ type: 'string' }, { type: 'null' }] },
    },
    required: ['items', 'nextCursor'],
  },
};
