import { type Code, codeItem } from '../code.js';
import type { DataSet } from '../write/dataSet.js';

/** Content items of a structured report (PS3.3, section C.17.3). */

type Relationship = 'CONTAINS' | 'HAS CONCEPT MOD' | 'HAS OBS CONTEXT' | 'INFERRED FROM' | 'SELECTED FROM';

function item(relationship: Relationship, type: string, concept: Code | undefined, rest: DataSet): DataSet {
  return {
    RelationshipType: relationship,
    ValueType: type,
    ConceptNameCodeSequence: concept && [codeItem(concept)],
    ...rest,
  };
}

/** Without items it has no content sequence at all: an empty one is an error. */
export function containerContent(concept: Code, items: readonly DataSet[], template?: string): DataSet {
  return {
    ValueType: 'CONTAINER',
    ConceptNameCodeSequence: [codeItem(concept)],
    ContinuityOfContent: 'SEPARATE',
    ContentTemplateSequence:
      template === undefined ? undefined : [{ MappingResource: 'DCMR', TemplateIdentifier: template }],
    ContentSequence: items.length === 0 ? undefined : items,
  };
}

export function container(concept: Code, items: readonly DataSet[], template?: string): DataSet {
  return { RelationshipType: 'CONTAINS', ...containerContent(concept, items, template) };
}

export function code(relationship: Relationship, concept: Code, value: Code): DataSet {
  return item(relationship, 'CODE', concept, { ConceptCodeSequence: [codeItem(value)] });
}

export function text(relationship: Relationship, concept: Code, value: string): DataSet {
  return item(relationship, 'TEXT', concept, { TextValue: value });
}

export function uidReference(relationship: Relationship, concept: Code, uid: string): DataSet {
  return item(relationship, 'UIDREF', concept, { UID: uid });
}

export function image(relationship: Relationship, reference: DataSet): DataSet {
  return item(relationship, 'IMAGE', undefined, { ReferencedSOPSequence: [reference] });
}

/** @param points columns and rows in turn, from the outer corner of the first pixel (PS3.3, section C.18.6.1.2) */
export function polyline(
  relationship: Relationship,
  concept: Code,
  points: readonly number[],
  selectedFrom: DataSet,
): DataSet {
  return item(relationship, 'SCOORD', concept, {
    GraphicType: 'POLYLINE',
    GraphicData: points,
    ContentSequence: [image('SELECTED FROM', selectedFrom)],
  });
}

export function number(concept: Code, value: number, unit: Code, items: readonly DataSet[]): DataSet {
  return item('CONTAINS', 'NUM', concept, {
    MeasuredValueSequence: [{ NumericValue: value, MeasurementUnitsCodeSequence: [codeItem(unit)] }],
    ContentSequence: items,
  });
}
