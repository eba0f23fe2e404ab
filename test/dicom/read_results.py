"""Reads structured reports with highdicom, and every value of every file with pydicom, strictly.

    read_results.py FILE...     prints one JSON object for each file
"""

import json
import sys

import highdicom
import pydicom

pydicom.config.settings.reading_validation_mode = pydicom.config.RAISE


def values(dataset):
    """Walks the whole file: pydicom validates a value when it is asked for."""
    for element in dataset:
        if element.VR == 'SQ':
            for item in element.value:
                yield from values(item)
        else:
            yield element.value


def texts(dataset):
    return [element.value for element in dataset.iterall() if element.keyword == 'TextValue']


def group(measurements):
    return {
        'identifier': measurements.tracking_identifier,
        'uid': measurements.tracking_uid,
        'finding': measurements.finding_type.meaning,
        'sites': [site.value.meaning for site in measurements.finding_sites],
        'points': measurements.roi.value.tolist(),
        'film': measurements.roi.ContentSequence[0].referenced_sop_instance_uid,
        'scores': [[each.name.meaning, float(each.value), each.unit.value] for each in measurements.get_measurements()],
    }


def report(path):
    document = highdicom.sr.srread(path)
    content = document.content
    device = content.get_observer_contexts()[0].observer_identifying_attributes
    return {
        'kind': type(document).__name__,
        'template': document.ContentTemplateSequence[0].TemplateIdentifier,
        'device': [device.name, device.manufacturer_name, device.model_name, device.uid],
        'evidence': [list(each) for each in document.get_evidence()],
        'groups': [group(each) for each in content.get_planar_roi_measurement_groups()],
    }


for path in sys.argv[1:]:
    dataset = pydicom.dcmread(path)
    count = sum(1 for _ in values(dataset))
    result = {
        'values': count,
        'name': str(dataset.PatientName),
        'id': dataset.PatientID,
        'study': dataset.StudyInstanceUID,
        'texts': texts(dataset),
    }
    if dataset.Modality == 'SR':
        result.update(report(path))
    print(json.dumps(result))
