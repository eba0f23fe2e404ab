import { Type } from 'typebox';

export const DetectionPathSchema = Type.Object({ id: Type.String({ description: 'Id of the report' }) });
