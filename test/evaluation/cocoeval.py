"""Prints what pycocotools makes of its standard input:

    {"classes": n, "films": [{"truths": [[class, x, y, w, h]], "boxes": [[score, class, x, y, w, h]]}]}

That is AP at IoU .3, .4, .5, .75 and over .5:.95, 100 detections a film, all areas."""
import contextlib, io, json, sys

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

given = json.load(sys.stdin)
images, truths, boxes = [], [], []
for number, film in enumerate(given["films"], 1):
    images.append({"id": number, "width": 1000, "height": 1000})
    for name, *box in film["truths"]:
        ids = {"id": len(truths) + 1, "image_id": number, "category_id": name + 1}
        truths.append({**ids, "bbox": box, "area": box[2] * box[3], "iscrowd": 0})
    for score, name, *box in film["boxes"]:
        boxes.append({"image_id": number, "category_id": name + 1, "bbox": box, "score": score})

truth = COCO()
categories = [{"id": i + 1, "name": str(i)} for i in range(given["classes"])]
truth.dataset = {"images": images, "annotations": truths, "categories": categories}
with contextlib.redirect_stdout(io.StringIO()):
    truth.createIndex()
    evaluation = COCOeval(truth, truth.loadRes(boxes), "bbox")
    evaluation.params.iouThrs = np.concatenate([[0.3, 0.4], np.linspace(0.5, 0.95, 10)])
    evaluation.evaluate()
    evaluation.accumulate()


def ap(*limits):
    precision = evaluation.eval["precision"][list(limits), :, :, 0, 2]
    return float(precision[precision > -1].mean())


print(json.dumps({"ap30": ap(0), "ap40": ap(1), "ap50": ap(2), "ap75": ap(7), "ap50to95": ap(*range(2, 12))}))
